/* The talk with the lab; its messages are described in lab/protocol.py. */

/** An error that the lab answered with. */
export class Refusal extends Error {
  constructor({ kind, message }) { super(message); this.kind = kind; }
}

/** The connection was lost before the answer came. */
export class Lost extends Error {
  constructor() { super("The connection to the lab was lost before it answered."); this.kind = "Lost"; }
}

/** Who this browser is: the same in every tab and after a restart. */
export function visitor() {
  const stored = read("elman-visitor");
  if (stored && /^[0-9a-f]{32}$/.test(stored)) return stored;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  try { localStorage.setItem("elman-visitor", made); } catch { /* private windows may keep nothing */ }
  return made;
}

function read(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

class Connection {
  #socket = null;
  #number = 0;
  #open = new Map();
  #waiting = [];
  #listeners = new Map();
  #latest = new Map();
  #pause_ms = 250;
  #who = visitor();

  /** Ask the lab. `onPart` is told what comes on the way; an aborted `signal` stops the answer. */
  ask(name, args = {}, { onPart, signal } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) { resolve({ stopped: true }); return; }
      const id = ++this.#number;
      this.#open.set(id, { resolve, reject, onPart });
      this.#say({ id, ask: name, with: args });
      signal?.addEventListener("abort", () => this.#open.has(id) && this.#say({ id, stop: true }), { once: true });
    });
  }

  /** Hear the news of a topic, the latest at once; returns how to stop hearing. "connection" is one too. */
  on(topic, listener) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(listener);
    if (this.#latest.has(topic)) listener(this.#latest.get(topic));
    return () => this.#listeners.get(topic).delete(listener);
  }

  /** Who this browser is. */
  get visitor() { return this.#who; }

  open() {
    const at = new URL("socket", document.baseURI);
    at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
    at.searchParams.set("visitor", this.#who);
    const socket = this.#socket = new WebSocket(at);
    socket.onopen = () => {
      this.#pause_ms = 250;
      this.#tell("connection", "open");
      for (const message of this.#waiting.splice(0)) socket.send(message);
    };
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data));
    socket.onclose = () => this.#close();
  }

  #say(message) {
    const text = JSON.stringify(message);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
    else this.#waiting.push(text);
  }

  #hear(message) {
    if (message.news) { this.#tell(message.news, message.body); return; }
    const call = this.#open.get(message.id);
    if (!call) return;
    if (message.part) { call.onPart?.(message.part); return; }
    this.#open.delete(message.id);
    if (message.error) call.reject(new Refusal(message.error));
    else call.resolve(message.answer);
  }

  #tell(topic, body) {
    this.#latest.set(topic, body);
    for (const listener of this.#listeners.get(topic) ?? []) listener(body);
  }

  #close() {
    const open = [...this.#open.values()];
    this.#open.clear();
    this.#waiting.length = 0;
    this.#tell("connection", "lost");
    for (const call of open) call.reject(new Lost());
    setTimeout(() => this.open(), this.#pause_ms);
    this.#pause_ms = Math.min(this.#pause_ms * 2, 4000);
  }
}

export function connect() {
  const connection = new Connection();
  connection.open();
  return connection;
}
