// The widest value of each part of the memory, so that colours use the whole scale: 1 for what tanh bounds.

const FIRST = 256; // steps looked at

export function ranges(steps, layer) {
  const widest = { h: 0, c: 0 };
  for (const step of steps.slice(0, FIRST)) {
    for (const part of ["h", "c"]) {
      for (const value of step.layers[layer]?.[part] ?? []) {
        if (Number.isFinite(value)) widest[part] = Math.max(widest[part], Math.abs(value));
      }
    }
  }
  return { h: widest.h > 1.001 ? widest.h : 1, c: Math.max(widest.c, 1) };
}
