// The row of controls above the picture, and what is chosen in it.

import { element } from "../dom.js";

export function controls(names) {
  const parts = {
    text: element("input", { type: "text", "aria-label": "text to read", spellcheck: "false", autocomplete: "off", autocapitalize: "off" }),
    step: element("button", { type: "button", class: "go", title: "read one word (→)" }, "Step"),
    play: element("button", { type: "button", title: "read on by itself (space)" }, "Play"),
    start: element("button", { type: "button", title: "blank memory, before the first word (Home)", "aria-label": "back to the start" }, "↺"),
    memory: element("input", { type: "checkbox", role: "switch", checked: true }),
    cell: element("select", { "aria-label": "network" }, ...names.map((name, k) => element("option", { value: k }, name))),
    layer: element("select", { "aria-label": "layer" }),
    unit: element("input", { type: "number", min: 1, "aria-label": "unit whose course is shown" }),
  };
  parts.cell.hidden = names.length < 2;
  parts.unitLabel = element("label", { class: "pick" }, "unit ", parts.unit);
  parts.node = element("div", { class: "row controls" }, parts.text, parts.step, parts.play, parts.start, parts.cell,
    element("label", { class: "switch" }, parts.memory, "memory"));
  return parts;
}

// Fit the choices to a source.
export function suit(parts, source, view) {
  parts.text.readOnly = Boolean(source.fixed);
  parts.text.title = source.fixed ? "a recorded text: this file holds no network that could read another" : "";
  parts.layer.replaceChildren(...Array.from({ length: source.layers }, (_, k) =>
    element("option", { value: k }, `layer ${k + 1} of ${source.layers}`)));
  parts.layer.hidden = source.layers < 2;
  parts.layer.value = view.layer;
  parts.unit.max = source.hidden;
  parts.unit.value = view.unit + 1;
  parts.memory.disabled = source.cuts === false;
}
