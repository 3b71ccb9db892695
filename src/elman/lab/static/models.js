// The models on the lab's shelf, as the news tells of them, and which of them this page looks at.

const KEY = "elman-model";

export class Models {
  #listeners = new Set();
  #shared = [];
  #own = [];
  #chosen = null;

  constructor(lab) {
    try { this.#chosen = sessionStorage.getItem(KEY); } catch { /* then the first is looked at */ }
    lab.on("models", ({ models }) => { this.#shared = models; this.#tell(); });
    lab.on("own models", ({ models }) => { this.#own = models; this.#tell(); });
  }

  /** All models: { key, name, task, said, version, stage, share, perplexity, cell, layers, hidden, gates, unit }. */
  get all() { return [...this.#shared, ...this.#own]; }

  /** Those of a task. */
  of(task) { return this.all.filter((model) => model.task === task); }

  /** The language models. */
  get list() { return this.of("language"); }

  /** The language model that is looked at; undefined while there is none. */
  get chosen() { return this.list.find(({ key }) => key === this.#chosen) ?? this.list[0]; }

  /** The model of any task that is looked at. */
  get seen() { return this.all.find(({ key }) => key === this.#chosen) ?? this.all[0]; }

  /** Resolves once there is a model, of a task if one is named. */
  ready(task) {
    return new Promise((resolve) => {
      const off = this.on(() => { if (task ? this.of(task).length : this.all.length) { resolve(this); queueMicrotask(() => off()); } });
    });
  }

  choose(key) {
    if (key === this.#chosen) return;
    this.#chosen = key;
    try { sessionStorage.setItem(KEY, key); } catch { /* then it holds until the page is left */ }
    this.#tell();
  }

  /** Hear of every change, and of how things stand at once; returns how to stop hearing. */
  on(listener) {
    this.#listeners.add(listener);
    if (this.all.length) listener(this);
    return () => this.#listeners.delete(listener);
  }

  #tell() { for (const listener of this.#listeners) listener(this); }
}
