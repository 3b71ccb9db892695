// The morph between one unit with a loop (open = 0) and the chain of its copies (open = 1).

const mix = (a, b, share) => a + (b - a) * share;

// Distance from one copy to the next.
export function pitchAt(shape, open) {
  return shape.pitch * open;
}

// Left edge of copy t in the chain, in a window `width` wide.
export function placeOf(shape, open, width, t) {
  const folded = (width - shape.unit) / 2;
  return mix(folded, Math.min(28, folded), Math.min(1, 2 * open)) + t * pitchAt(shape, open);
}

// Width of the whole chain of `count` copies.
export function chainWidth(shape, open, width, count) {
  const last = placeOf(shape, open, width, Math.max(0, count - 1));
  return Math.max(width, last + shape.unit + 28);
}

// The path by which V carries the memory from one copy to the next, relative to the copy's left edge: a
// loop from its right side round to its left while the two copies coincide, a straight line once they stand apart.
export function carry(shape, open, share = 1) {
  const gap = pitchAt(shape, open) - shape.unit; // negative while the copies overlap
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
export function gripAt(shape, open) {
  const { start, out, into, middle } = carry(shape, open);
  const s = mix(0.42, 1, Math.max(0, 2 * open - 1));
  const at = (k) => (1 - s) ** 3 * start[k] + 3 * s * (1 - s) ** 2 * out[k] + 3 * s * s * (1 - s) * into[k] + s ** 3 * middle[k];
  return [at(0), at(1)];
}
