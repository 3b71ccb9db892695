// A model on the lab's shelf as a source for the unfold component (its form: page/modules/unfold/unfold.js).

export class LabSource {
  #lab;
  #text = "";
  #words = [];

  constructor(lab, model) {
    this.#lab = lab;
    this.key = model.key;
    this.name = model.name;
    this.cell = model.cell;
    this.layers = model.layers;
    this.hidden = model.hidden;
    this.gates = model.gates;
    this.joiner = model.unit === "word" ? " " : "";
  }

  async split(text) {
    if (!text.trim()) return [];
    const { words } = await this.#lab.ask("unfold.split", { model: this.key, text });
    this.#text = text;
    this.#words = words;
    return words;
  }

  join(words) { return words.join(this.joiner); }

  async step(words, { from, to, memory }) {
    const text = words === this.#words ? this.#text : this.join(words);
    const found = await this.#lab.ask("unfold.read", { model: this.key, text, from, to, memory });
    const layers = found.layers.map((layer) => unpackLayer(layer, to - from));
    return found.known.map((known, t) => ({
      known,
      layers: layers.map((layer) => at(layer, t)),
      next: found.next[t].map(([word, probability]) => ({ word, probability })),
      remembered: found.remembered?.[t] ?? null,
    }));
  }
}

/** Numbers that came packed, (T, H) flat: see lab/asks/unfold.py. */
export function unpack({ scale, data }) {
  const text = atob(data);
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 2 }, (_, k) => view.getInt16(2 * k, true) * scale / 32767);
}

function unpackLayer({ h, c, gates }, steps) {
  const open = Object.entries(gates).map(([letter, gate]) => [letter, unpack(gate)]);
  const states = unpack(h);
  return { h: states, c: c && unpack(c), gates: open, width: states.length / steps };
}

function at({ h, c, gates, width }, t) {
  const cut = (values) => values.subarray(t * width, (t + 1) * width);
  return { h: cut(h), ...(c && { c: cut(c) }), gates: Object.fromEntries(gates.map(([letter, gate]) => [letter, cut(gate)])) };
}
