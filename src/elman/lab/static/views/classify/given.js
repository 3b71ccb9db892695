/* What is to be classified: an example that the run was validated on, or what the visitor types or pastes. */
import { element } from "../../element.js";
import { labelled } from "../../labelled.js";
import { say } from "../../page/modules/dom.js";

const MOST = 100_000; // letters; as lab/protocol.py has it

/** `read({ ask, … })` is told what to ask the lab for. */
export function given(lab, model, about, read) {
  const number = element("input", { type: "number", id: "classify-number", min: 1, value: 1 });
  const of = element("span", { class: "soft" });
  const next = element("button", { type: "button", id: "classify-next" }, "Next example");
  const picker = element("div", { class: "row" }, labelled("Example", number, of), next);
  const source = element("p", { class: "soft small", id: "classify-source", role: "status" });
  const message = element("p", { class: "message", role: "alert", id: "classify-message" });
  const own = about.series ? pasted(about, read, (why) => say(message, why)) : typed(read);
  const form = about.series ? element("details", { id: "classify-own" }, element("summary", {}, "A series of your own"), own.node) : own.node;

  const pick = (wanted) => {
    number.value = wanted;
    read({ ask: "classify.example", number: wanted });
  };
  number.addEventListener("change", () => pick(Math.max(1, Math.round(Number(number.value)) || 1)));
  next.addEventListener("click", () => pick(Number(number.value) < Number(number.max) ? Number(number.value) + 1 : 1));
  return {
    node: element("div", { class: "given" }, picker, source, form, message),
    begin() { say(source, "Looking for what it was validated on …"); pick(1); },
    shown(answer) {
      say(message, "");
      if (answer.of === undefined) { say(source, ""); return; }
      number.max = answer.of;
      say(of, `of ${answer.of.toLocaleString("en-GB")}`);
      say(source, `Out of ${answer.source}, which it did not learn from.`);
      own.fill(answer.text ?? "");
    },
    failed(error) {
      const gone = error.kind === "DataError" && number.max === "" && !own.used;
      say(source, "");
      say(message, gone ? `What it was validated on is not at hand: ${own.instead}` : error.message);
      if (!gone) return;
      picker.hidden = true;
      if (about.series) form.open = true;
    },
  };
}

// A text is read as it is typed.
function typed(read) {
  const text = element("textarea", { id: "classify-text", rows: 3, maxlength: MOST, spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
  const own = {
    used: false,
    instead: "type a text of your own.",
    node: element("div", { class: "own" }, element("label", { for: text.id }, "Text to classify"), text),
    fill(content) { text.value = content; },
  };
  text.addEventListener("input", () => { own.used = true; read({ ask: "classify.read", text: text.value }); });
  return own;
}

// A series comes as rows of CSV, pasted or out of a file; `refuse(why)` says why a file is not taken.
function pasted({ channels }, read, refuse) {
  const text = element("textarea", { id: "classify-rows", rows: 5, maxlength: MOST, spellcheck: "false", "aria-describedby": "classify-rows-form" });
  const file = element("input", { type: "file", id: "classify-file", accept: ".csv,.tsv,.txt,text/csv,text/plain" });
  const go = element("button", { type: "button", class: "go", id: "classify-read" }, "Read it");
  const form = channels === 1 ? "a number on each" : `${channels} numbers on each, parted by commas`;
  const own = {
    used: false,
    instead: "paste a series of your own, or choose a file.",
    fill() {},
    node: element("div", { class: "own" }, element("label", { for: text.id }, "Rows, a step a line"), text,
      element("p", { class: "soft small", id: "classify-rows-form" }, `A step a line, ${form}; an empty cell or a ? is missing. It stays on this machine.`),
      element("div", { class: "row" }, element("label", { class: "field", for: file.id }, "or a file of such rows", file), go)),
  };
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    refuse("");
    const content = chosen.size <= 4 * MOST ? await chosen.text() : null; // a letter is at most four bytes
    if (content !== null && content.length <= MOST) {
      text.value = content;
      return;
    }
    const got = content === null ? `${(chosen.size / 2 ** 20).toFixed(1)} MB` : content.length.toLocaleString("en-GB");
    refuse(`The file must have at most ${MOST.toLocaleString("en-GB")} letters here, got ${got}. In a terminal, elman predict --every-step takes any length.`);
    file.value = ""; // it is not what is read
  });
  go.addEventListener("click", () => { own.used = true; read({ ask: "classify.read", text: text.value }); });
  return own;
}
