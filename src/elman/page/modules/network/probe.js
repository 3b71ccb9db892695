// Reads words back from a memory, as elman.inspect.probe.Probe and elman.tasks.language.remembering do.

const SURE = 0.5;

export class Probe {
  // tensors: weights (K, D, E), bias (K, E), codes (V, E), edges (K, Q − 1), precision (K, Q)
  constructor(tensors) {
    Object.assign(this, tensors);
    [this.lags, this.width, this.code] = tensors.weights.shape;
  }

  // The words of `ids` that the memory still holds, oldest first; null for one that is lost.
  holds(memory, ids, words) {
    const state = flat(memory);
    const held = [];
    for (let lag = 0; lag < Math.min(ids.length, this.lags); lag++) {
      const { best, margin } = this.decode(state, lag);
      held.push(best === ids[ids.length - 1 - lag] && this.confidence(lag, margin) > SURE);
    }
    const oldest = held.lastIndexOf(true);
    return Array.from({ length: oldest + 1 }, (_, k) => (held[oldest - k] ? words[words.length - 1 - (oldest - k)] : null));
  }

  decode(state, lag) {
    const { weights, bias, codes, width, code } = this;
    const guess = Float64Array.from(bias.values.subarray(lag * code, (lag + 1) * code));
    for (let d = 0, at = lag * width * code; d < width; d++) {
      for (let e = 0; e < code; e++) guess[e] += state[d] * weights.values[at++];
    }
    let best = -1, first = -Infinity, second = -Infinity;
    for (let word = 0, at = 0; word < codes.shape[0]; word++) {
      let score = 0;
      for (let e = 0; e < code; e++, at++) score += codes.values[at] * (guess[e] - codes.values[at] / 2);
      if (score > first) [best, first, second] = [word, score, first];
      else if (score > second) second = score;
    }
    return { best, margin: first - second };
  }

  confidence(lag, margin) {
    const count = this.edges.shape[1];
    let place = 0;
    while (place < count && this.edges.values[lag * count + place] < margin) place++;
    return this.precision.values[lag * (count + 1) + place];
  }
}

// All numbers of a memory: h of every layer, then c of every layer.
function flat(memory) {
  const parts = memory.map((layer) => layer.h);
  if (memory[0].c) parts.push(...memory.map((layer) => layer.c));
  return parts.flatMap((part) => Array.from(part));
}
