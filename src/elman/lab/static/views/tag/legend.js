/* The tags that were seen, by what their tint stands for. */
import { element } from "../../element.js";
import { legible } from "../../page/modules/visible.js";

export function legend({ tags }) {
  const list = element("ul", { class: "tag-legend" });
  const node = element("section", { "aria-labelledby": "tag-legend-title", class: "tag-seen", hidden: true },
    element("h3", { id: "tag-legend-title" }, "Tags seen"), list,
    element("p", { class: "soft small" }, "A dashed word is not in the training text, written just so."));
  return {
    node,
    show(lines) {
      const counts = new Map();
      for (const tag of lines.flatMap((line) => line?.tags ?? [])) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      node.hidden = !counts.size;
      list.replaceChildren(...groups(counts, tags).map(entry));
    },
  };
}

// [{ tint, name, tags: [[tag, count], …] }], the most frequent first; a tag of no group stands for itself.
function groups(counts, tags) {
  const found = new Map();
  for (const [tag, count] of [...counts].sort(([, a], [, b]) => b - a)) {
    const [group, tint] = tags[tag];
    const key = group || tag;
    if (!found.has(key)) found.set(key, { tint, name: key, total: 0, tags: [] });
    found.get(key).total += count;
    found.get(key).tags.push([tag, count]);
  }
  return [...found.values()].sort((a, b) => b.total - a.total);
}

function entry({ tint, name, tags }) {
  const alone = tags.length === 1 && tags[0][0] === name;
  const said = alone ? counted(tags[0][1]) : tags.map(([tag, times]) => `${legible(tag)} ${counted(times)}`).join(" · ");
  return element("li", {}, element("span", { class: `swatch tint-${tint ?? "none"}` }, legible(name)), element("span", { class: "mono" }, said));
}

const counted = (times) => times.toLocaleString("en-GB");
