// The morph between one unit with a loop (open = 0) and the chain of its copies (open = 1).

const mix = (a, b, share) => a + (b - a) * share;

const EDGE = 36; // paper left and right of the chain
const WIDEST = 330;

// Distance from one copy to the next, when `count` of them share a window `width` wide: a short text spreads out.
export function pitchAt(shape, { open, width, count }) {
  const spread = (width - 2 * EDGE - shape.unit) / Math.max(1, count - 1);
  return open * Math.max(shape.pitch, Math.min(WIDEST, spread));
}

// Left edge of copy t.
export function placeOf(shape, view, t) {
  const pitch = pitchAt(shape, view);
  const centred = (view.width - shape.unit - pitch * (view.count - 1)) / 2;
  const folded = (view.width - shape.unit) / 2;
  return mix(folded, Math.max(Math.min(EDGE, folded), centred), Math.min(1, 2 * view.open)) + t * pitch;
}

// Width of the whole chain.
export function chainWidth(shape, view) {
  return Math.max(view.width, placeOf(shape, view, Math.max(0, view.count - 1)) + shape.unit + EDGE);
}

// The path by which V carries the memory from one copy to the next, relative to the copy's left edge: a
// loop from its right side round to its left while the two copies coincide, a straight line once they stand apart.
export function carry(shape, pitch, share = 1) {
  const gap = pitch - shape.unit; // negative while the copies overlap
  const start = shape.unit + 1;
  const end = shape.unit + gap - 7;
  const length = start + (end - start) * share;
  const loose = Math.max(0, Math.min(1, -gap / shape.unit));
  const drop = loose * (shape.unitHeight / 2 + 30);
  const y = shape.middle;
  const reach = mix(Math.max(4, Math.abs(gap) / 4), 58, loose);
  const middle = (start + length) / 2;
  const turn = mix(-(end - start) / 4, shape.unit * 0.62, loose);
  return {
    start: [start, y], out: [start + reach, y], into: [middle + turn, y + drop], middle: [middle, y + drop],
    path: `M${start} ${y}C${start + reach} ${y} ${middle + turn} ${y + drop} ${middle} ${y + drop}`
      + `S${length - reach} ${y} ${length} ${y}`,
  };
}

// Where the handle rides on that path.
export function gripAt(shape, pitch) {
  const { start, out, into, middle } = carry(shape, pitch);
  const s = mix(0.42, 1, Math.max(0, Math.min(1, pitch / shape.unit - 0.5)));
  const at = (k) => (1 - s) ** 3 * start[k] + 3 * s * (1 - s) ** 2 * out[k] + 3 * s * s * (1 - s) * into[k] + s ** 3 * middle[k];
  return [at(0), at(1)];
}
