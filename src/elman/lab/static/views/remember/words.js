/* A sentence with a bar over each word: what the loss after the last one read says to the memory after it. */
import { element } from "../../element.js";
import { labelled } from "../../labelled.js";
import { written } from "../../figures/scales.js";
import { visible } from "../../page/modules/visible.js";

const LOW = -6, HIGH = 3; // powers of ten at the two ends of a bar
const place = (value) => Math.min(1, Math.max(0, (Math.log10(value) - LOW) / (HIGH - LOW)));

export function wordsFigure() {
  const upTo = element("input", { type: "range", id: "gradient-step", min: "1", max: "1", value: "1" });
  const said = element("output", { for: "gradient-step", class: "mono" });
  const columns = element("ol", { class: "grad-words", tabindex: "0", "aria-label": "Gradient by word" });
  const note = element("p", { class: "soft small", role: "status" });
  const node = element("div", { class: "grad" }, element("div", { class: "row" }, labelled("read up to", upTo, said)), columns, note);
  let shown = null;

  const paint = () => {
    const t = Number(upTo.value) - 1, { words, steps, unit } = shown;
    const [name, relative] = steps[t].layers.at(-1);
    said.textContent = visible(words[t]);
    columns.replaceChildren(...words.map((word, k) => column(word, k <= t ? relative[t - k] : null, k === t)));
    columns.dataset.step = String(t + 1);
    bring(columns, columns.children[t]);
    const layer = steps[t].layers.length > 1 ? ` in the upper layer, ${name}` : "";
    note.textContent = `After “${visible(words[t])}” the loss is that of “${visible(steps[t].target)}”. A bar is the gradient by the memory after that ${unit}${layer}, relative to the last one read; the line is 1, and every mark below it ten times less.`;
  };
  upTo.addEventListener("input", paint);
  return {
    node,
    draw(answer) {
      const atEnd = !shown || Number(upTo.value) === Number(upTo.max);
      shown = answer;
      upTo.max = String(answer.words.length);
      if (atEnd) upTo.value = upTo.max;
      paint();
    },
    fail(message) { note.textContent = message; columns.replaceChildren(); said.textContent = ""; },
  };
}

// Have what was read last in sight, where a row is longer than its place.
function bring(row, last) {
  const right = last.offsetLeft + last.offsetWidth - row.offsetLeft;
  if (right > row.scrollLeft + row.clientWidth || last.offsetLeft - row.offsetLeft < row.scrollLeft) row.scrollLeft = right - row.clientWidth;
}

function column(word, value, last) {
  const bar = element("span", { class: "grad-bar" });
  const known = value !== null && value !== undefined;
  bar.style.height = `${100 * (known && value > 0 ? place(value) : 0)}%`;
  return element("li", { class: last ? "last" : null, "data-value": known ? value : null },
    element("span", { class: "grad-place" }, bar),
    element("span", { class: "grad-word" }, visible(word)),
    element("span", { class: "grad-number soft" }, known ? written(value, 2) : ""));
}
