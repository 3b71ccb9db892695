// A network in this page as a source for the unfold component (its form: ../unfold/unfold.js).

import { GATES } from "./cells.js";
import { Codec } from "./codec.js";
import { Network } from "./network.js";
import { Probe } from "./probe.js";

const LISTED = 5;

export function networkSource(data) {
  return new NetworkSource(data);
}

class NetworkSource {
  constructor(data) {
    this.network = new Network(data);
    this.codec = new Codec(data.codec);
    this.wipes = data.sequences === "sentence"; // the memory starts anew at every end of a line
    this.probe = this.probeOf(this.network.tensors);
    this.name = data.name;
    this.cell = data.cell;
    this.activation = data.activation;
    this.layers = data.layers;
    this.hidden = this.network.hidden;
    this.gates = GATES[data.cell];
    this.words = [];
    this.memories = []; // after each word read
  }

  split(text) {
    return this.codec.split(text);
  }

  join(words) {
    return words.join(this.codec.joiner);
  }

  async step(words, { from, to, memory }) {
    const ids = words.map((word) => this.codec.id(word));
    let held = memory ? this.resume(words, from) : null;
    const steps = [];
    for (let t = from; t < to; t++) {
      held = this.read(ids[t], memory ? held : this.network.blank());
      if (memory) this.memories[t] = held;
      steps.push(this.told(held, ids.slice(Math.max(0, t - 63), t + 1), words.slice(Math.max(0, t - 63), t + 1)));
    }
    if (memory) this.words = words.slice(0, to);
    return steps;
  }

  // The memory before word `from`, read anew if another text was read since.
  resume(words, from) {
    let same = 0;
    while (same < from && same < this.memories.length && words[same] === this.words[same]) same++;
    let held = same ? this.memories[same - 1] : this.read(this.codec.eos, this.network.blank());
    for (let t = same; t < from; t++) held = this.memories[t] = this.read(this.codec.id(words[t]), held);
    this.memories.length = from;
    return held;
  }

  read(id, held) {
    return this.network.read(id, this.wipes && id === this.codec.eos ? this.network.blank() : held);
  }

  told(held, ids, words) {
    const unknown = this.codec.tokens[this.codec.unknown];
    const read = words.map((word, at) => (ids[at] === this.codec.unknown ? unknown : word));
    const expected = this.network.expects(held);
    return {
      known: ids.at(-1) !== this.codec.unknown || words.at(-1) === unknown,
      layers: held,
      next: this.likeliest(expected),
      remembered: this.probe ? this.probe.holds(held, ids, read) : null,
    };
  }

  likeliest(expected) {
    const best = [];
    for (let id = 0; id < expected.length; id++) {
      if (id === this.codec.unknown || !(expected[id] > (best[LISTED - 1]?.probability ?? -1))) continue;
      const place = best.findIndex(({ probability }) => expected[id] > probability);
      best.splice(place < 0 ? best.length : place, 0, { word: this.codec.tokens[id], probability: expected[id] });
      best.length = Math.min(best.length, LISTED);
    }
    return best;
  }

  probeOf(tensors) {
    if (!tensors["probe.weights"]) return null;
    return new Probe(Object.fromEntries(
      ["weights", "bias", "codes", "edges", "precision"].map((name) => [name, tensors[`probe.${name}`]])));
  }
}
