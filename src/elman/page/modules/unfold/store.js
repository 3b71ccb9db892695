// The steps read so far. Asks the source in blocks, keeps what two texts have in common, and drops stale answers.

const BLOCK = 64;

export class Store {
  constructor(source, changed) {
    this.source = source;
    this.changed = changed;
    this.words = [];
    this.steps = [];
    this.memory = true;
    this.asked = 0;
    this.fault = null;
  }

  // Read `words`; resolves when all are read or another call has taken over.
  async read(words, memory) {
    const ticket = ++this.asked;
    let same = 0;
    if (memory === this.memory) {
      while (same < this.steps.length && words[same] === this.words[same]) same++;
    }
    this.words = words;
    this.memory = memory;
    this.steps = this.steps.slice(0, same);
    this.fault = null;
    try {
      for (let from = same; from < words.length; from = this.steps.length) {
        const to = Math.min(words.length, from + BLOCK);
        const block = await this.source.step(words, { from, to, memory });
        if (ticket !== this.asked) return false;
        if (block.length !== to - from) throw new Error(`the source gave ${block.length} steps for ${to - from} words`);
        this.steps.push(...block);
        this.changed();
        if (to < words.length) await new Promise((resolve) => setTimeout(resolve));
        if (ticket !== this.asked) return false;
      }
    } catch (error) {
      if (ticket !== this.asked) return false;
      this.fault = error;
    }
    this.changed();
    return true;
  }
}
