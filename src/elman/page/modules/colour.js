// The colour of a state value: the one place where the diverging scale is used.

const STEPS = 20;
const scale = Array.from({ length: 2 * STEPS + 1 }, (_, k) => {
  const share = Math.abs(k - STEPS) / STEPS;
  return `color-mix(in oklab, var(${k < STEPS ? "--low" : "--high"}) ${Math.round(100 * share)}%, var(--zero))`;
});

// value, in units of `range`: −1 is full blue, 0 paper, +1 full red. NaN gives no colour.
export function stateColour(value, range = 1) {
  if (!Number.isFinite(value)) return "none";
  const place = Math.max(-1, Math.min(1, value / range));
  return scale[Math.round(place * STEPS) + STEPS];
}
