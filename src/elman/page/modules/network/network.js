// A small language model, run in the browser:
//
//     x_t = E[token_t],  h_t = stack(x_t, h_{t−1}),  o_t = softmax(W P h_t + c)     P only where the file has one
//
// The same steps as elman.tasks.language.model.LanguageModule; tests hold one against the other.

import { BLOCKS, CELLS } from "./cells.js";
import { row, times, unpack } from "./tensors.js";

export class Network {
  // data: what elman.page.network.Network.to_json() wrote.
  constructor(data) {
    this.cell = data.cell;
    this.activation = data.activation;
    this.tensors = unpack(data);
    this.layers = data.layers;
    this.hidden = this.tensors["layers.0.V"].shape[0] / BLOCKS[data.cell];
    this.head = this.tensors.head ?? this.tensors.embedding;
  }

  // The memory before anything was read: { h, c } of every layer.
  blank() {
    const zeros = () => new Float64Array(this.hidden);
    return Array.from({ length: this.layers }, () => (this.cell === "lstm" ? { h: zeros(), c: zeros() } : { h: zeros() }));
  }

  // Read one token: the new { h, c, gates } of every layer, the lowest first.
  read(token, memory) {
    let x = row(this.tensors.embedding, token);
    return memory.map((state, layer) => {
      const part = (name) => this.tensors[`layers.${layer}.${name}`];
      const u = times(part("U"), x, part("b"));
      const v = times(part("V"), state.h, part("d"));
      const next = CELLS[this.cell](u, v, state, this.activation);
      x = next.h;
      return next;
    });
  }

  // The probability of every token to come next.
  expects(memory) {
    let y = memory.at(-1).h;
    if (this.tensors.projection) y = times(this.tensors.projection, y);
    return softmax(times(this.head, y, this.tensors.bias));
  }
}

function softmax(logits) {
  let most = -Infinity;
  for (const logit of logits) most = Math.max(most, logit);
  const shares = logits.map((logit) => Math.exp(logit - most));
  let sum = 0;
  for (const share of shares) sum += share;
  return shares.map((share) => share / sum);
}
