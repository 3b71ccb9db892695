/* How a classifier reads, and what it says now, in words. */
import { percent } from "../../page/modules/numbers.js";
import { legible } from "../../page/modules/visible.js";

export function reads({ name }, { series, channels, classes, early, unit }) {
  const what = series ? `a series of ${channels} ${channels === 1 ? "channel" : "channels"}` : "a text";
  const when = early
    ? `${unit} by ${unit}, and says after each which of ${classes.length} classes it takes it for`
    : `from both ends, so it has no answer before it has read all: which of ${classes.length} classes it takes it for`;
  return `${legible(name)} reads ${what} ${when}.`;
}

export function narrate({ classes, names, early, unit }, { now, steps, shares, label }) {
  const truth = label === null ? "" : ` Its class is “${legible(label)}”.`;
  if (!shares) return now || !early ? `${now} of ${steps} ${unit}s read: no answer before the end.${truth}` : `Nothing read yet.${truth}`;
  const best = leader(shares);
  const right = label === null ? "" : classes[best] === label ? " It is." : ` It is “${legible(label)}”.`;
  const read = now === steps ? `After all ${steps} ${unit}s` : `After ${now} of ${steps} ${unit}s`;
  return `${read}: “${names[best]}”, ${percent(shares[best])}.${right}`;
}

/** Which class is likeliest. */
export function leader(shares) {
  return shares.reduce((best, share, k) => (share > shares[best] ? k : best), 0);
}
