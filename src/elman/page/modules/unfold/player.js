// Reads on by itself, one word after the other: slowly through a sentence, faster through a book.

export class Player {
  // advance() reads one word and says whether there are more.
  constructor(advance, changed) {
    this.advance = advance;
    this.changed = changed;
    this.timer = 0;
  }

  get playing() {
    return this.timer !== 0;
  }

  start(count) {
    const every = Math.max(90, Math.min(900, 20_000 / Math.max(1, count)));
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      if (!this.advance()) this.stop();
    }, every);
    this.changed();
  }

  stop() {
    if (!this.playing) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.changed();
  }
}
