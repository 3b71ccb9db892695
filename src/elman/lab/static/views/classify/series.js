/* A series of several channels, a row for each, each by its own scale. */
import { element } from "../../element.js";
import { svg } from "../../page/modules/dom.js";
import { LEFT, Strip } from "./strip.js";

const TALL = 260, LOWEST = 18, HIGHEST = 120;

export function seriesStage({ channels, drawn }) {
  let rows = [];
  const strip = new Strip({ title: "the series", height: HIGHEST, paint });
  const more = channels > drawn ? element("p", { class: "soft small" }, `The first ${drawn} of ${channels} channels are drawn; all are read.`) : null;

  function paint({ ground, covered }) {
    const high = rows.length ? strip.height / rows.length : 0;
    const lines = rows.map((values, k) => strip.path(values, placed(values, k * high, high)));
    ground.replaceChildren(...lines.flatMap((d, k) => [
      svg("text", { x: LEFT - 8, y: (k + 0.5) * high + 4, "text-anchor": "end" }, `ch. ${k + 1}`),
      svg("path", { d, class: "to-come" })]));
    covered.replaceChildren(...lines.map((d) => svg("path", { d, class: "was-read" })));
  }

  return {
    node: element("div", { class: "series" }, strip.node, more),
    show(content) {
      rows = content.channels;
      const high = Math.max(LOWEST, Math.min(HIGHEST, TALL / rows.length));
      strip.show(rows[0].length, high * rows.length);
    },
    mark(now) {
      strip.mark(now);
      const last = now ? ` The last: ${rows.map((values, k) => `channel ${k + 1} ${values[now - 1] ?? "missing"}`).join(", ")}.` : "";
      strip.node.setAttribute("aria-label", `A series of ${channels} channels over ${strip.steps} samples, of which ${now} are read.${last}`);
    },
  };
}

// Where a value stands within a row.
function placed(values, top, high) {
  const there = values.filter((value) => value !== null);
  const low = there.reduce((a, b) => Math.min(a, b), Infinity), most = there.reduce((a, b) => Math.max(a, b), -Infinity);
  const room = high * 0.12;
  return (value) => (most > low ? top + high - room - ((value - low) / (most - low)) * (high - 2 * room) : top + high / 2);
}
