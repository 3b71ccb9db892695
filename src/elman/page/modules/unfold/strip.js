// The memory as a strip of cells, one for each unit.

import { svg } from "../dom.js";
import { stateColour } from "../colour.js";

export class Strip {
  constructor(shape, part) {
    this.shape = shape;
    this.part = part;
    this.colours = new Array(shape.units.length);
    const gap = shape.size > 12 ? 2 : 1;
    this.cells = shape.units.map((unit, k) => svg("rect", {
      x: (k % shape.columns) * shape.size, y: Math.floor(k / shape.columns) * shape.cellHeight,
      width: shape.size - gap, height: shape.cellHeight - gap, rx: shape.size > 12 ? 3 : 1.5, "data-unit": unit,
    }));
    this.ring = svg("rect", { class: "ring", width: shape.size - gap + 2, height: shape.cellHeight - gap + 2, rx: 3 });
    this.node = svg("svg", { class: "strip", width: shape.strip, height: shape.stripHeight, "aria-hidden": "true" },
      ...this.cells, this.ring);
  }

  // values: one for each unit of the layer, or null before anything was read.
  show(values, range, chosen) {
    this.shape.units.forEach((unit, k) => {
      const colour = values ? stateColour(values[unit], range) : "var(--zero)";
      if (this.colours[k] !== colour) this.cells[k].style.fill = this.colours[k] = colour;
    });
    const place = this.shape.units.indexOf(chosen);
    this.ring.style.display = place < 0 ? "none" : "";
    if (place >= 0) {
      this.ring.setAttribute("x", (place % this.shape.columns) * this.shape.size - 1);
      this.ring.setAttribute("y", Math.floor(place / this.shape.columns) * this.shape.cellHeight - 1);
    }
  }
}
