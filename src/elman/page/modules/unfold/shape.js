// What a source's network looks like and where things stand: all measures in CSS pixels.

export const MOST_SHOWN = 96; // units drawn of a larger memory
export const NEXT = 5; // likely next words above each copy

const UNIT = 164;
const PAD = 10;
const STRIP = UNIT - 2 * PAD;
const ROW = 22;

// Which units of H are drawn: all, or a fair sample of them.
export function shownUnits(hidden) {
  if (hidden <= MOST_SHOWN) return Array.from({ length: hidden }, (_, k) => k);
  return Array.from({ length: MOST_SHOWN }, (_, k) => Math.floor((k * hidden) / MOST_SHOWN));
}

// source → { unit, pitch, strip, columns, rows, size, parts, doors, and the top of each storey }
export function shapeOf(source, narrow) {
  const count = Math.min(source.hidden, MOST_SHOWN);
  const columns = count <= 24 ? Math.min(8, count) : 16;
  const rows = Math.ceil(count / columns);
  const size = STRIP / columns;
  const parts = source.cell === "lstm" ? ["c", "h"] : ["h"];
  const doors = source.gates ?? [];
  const stripHeight = rows * Math.min(size, 18);
  const nextTop = 24;
  const likely = source.predicts === false ? 0 : NEXT * ROW; // no empty room for what is never said
  const unitTop = nextTop + likely + 50;
  const unitHeight = 2 * PAD + parts.length * (stripHeight + 15) - 1 + doors.length * 20;
  const chipTop = unitTop + unitHeight + 52;
  const heldTop = chipTop + 36 + 14;
  return {
    unit: UNIT, pad: PAD, pitch: UNIT + (narrow ? 46 : 74), strip: STRIP, row: ROW,
    columns, rows, size, cellHeight: Math.min(size, 18), stripHeight, parts, doors,
    nextTop, unitTop, unitHeight, chipTop, heldTop, height: heldTop + (source.holds === false ? 0 : 74),
    middle: unitTop + unitHeight / 2,
    units: shownUnits(source.hidden),
  };
}
