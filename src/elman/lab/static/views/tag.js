/* Tag: a text coloured by tag as it is typed. */
import { isResting, keepFocus, setResting } from "../busy.js";
import { element } from "../element.js";
import { latest } from "../latest.js";
import { say } from "../page/modules/dom.js";
import { detail } from "./tag/detail.js";
import { legend } from "./tag/legend.js";
import { narrate, reads } from "./tag/narration.js";
import { Words } from "./tag/words.js";

const FIRST = "The old man the boat .";
const MOST_HELD = 2000; // lines

export async function mount(root, lab) {
  await lab.models.ready("tagging");
  const model = lab.models.of("tagging")[0];
  const about = await lab.ask("tag.about", { model: model.key });
  const text = element("textarea", { id: "tag-text", rows: 3, spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
  const memory = element("input", { type: "checkbox", role: "switch", id: "tag-memory", checked: true });
  const another = element("button", { type: "button", id: "tag-example" }, "A sentence it was validated on");
  const status = element("p", { class: "news-line", id: "tag-status", "aria-live": "polite" });
  const source = element("p", { class: "soft small", id: "tag-source", role: "status" });
  const likely = detail(about), seen = legend(about);
  let remembers = true;
  const words = new Words(about, (word) => likely.show(word, remembers));
  root.append(
    element("p", { class: "soft" }, reads(model, about)),
    element("div", { class: "card tagger" },
      element("label", { for: text.id }, "Text to tag, a sentence a line"), text,
      element("div", { class: "row" }, another, element("label", { class: "switch" }, memory, "memory")), source,
      status, words.node, likely.node),
    seen.node);

  const held = new Map(); // what was read of a line, with memory or without
  const key = (line) => `${memory.checked}\n${line}`;
  const read = latest(lab, async (signal) => {
    const lines = text.value.split("\n"), keys = lines.map(key);
    const missing = [...new Set(lines)].filter((line) => line.trim() && !held.has(key(line)));
    if (held.size > MOST_HELD) held.clear();
    if (missing.length) {
      const answer = await lab.ask("tag.read", { model: model.key, text: missing.join("\n"), memory: memory.checked }, { signal });
      if (answer.stopped) return answer;
      missing.forEach((line, k) => held.set(key(line), answer.lines[k]));
    }
    return { lines: keys.map((each) => held.get(each) ?? null), memory: memory.checked, at: line(text) };
  }, show, (error) => say(status, error.message));

  function show({ lines, memory: on, at }) {
    remembers = on;
    words.show(lines);
    words.node.dataset.memory = on ? "on" : "off"; // what is carried from word to word is drawn, or cut
    seen.show(lines);
    say(status, narrate(words.lines[at], about, on));
    Object.assign(root.dataset, { words: words.count, memory: on ? "on" : "off" });
  }

  let number = 0;
  const example = async (otherwise = "") => {
    if (isResting(another)) return;
    setResting(another, true);
    say(source, "Looking for what it was validated on …");
    try {
      const found = await lab.ask("tag.example", { model: model.key, number: number + 1 });
      number = (number + 1) % found.of;
      if (otherwise && text.value) return; // typed meanwhile
      say(source, `Sentence ${(number || found.of).toLocaleString("en-GB")} of ${found.of.toLocaleString("en-GB")} of ${found.source}.`);
      text.value = found.text;
    } catch (error) {
      const gone = error.kind === "DataError";
      text.value ||= otherwise;
      keepFocus(another, () => { another.hidden = gone; }, () => text);
      say(source, gone ? "What it was validated on is not at hand; type a sentence of your own." : error.message);
    } finally {
      setResting(another, false);
      read();
    }
  };

  text.addEventListener("input", () => { say(source, ""); read(); });
  memory.addEventListener("change", () => { words.forget(); read(); });
  another.addEventListener("click", () => example());
  example(FIRST);
}

// The number of the line in which the caret stands.
function line(text) {
  return text.value.slice(0, text.selectionStart).split("\n").length - 1;
}
