// What to learn from, and how: the form of the Train view.
import { isResting, setResting } from "../busy.js";
import { element } from "../element.js";
import { say } from "../page/modules/dom.js";
import { LABELS, worded } from "./labels.js";

const CHOICES = { // value → what people call it
  cell: { elman: "Elman", gru: "GRU", lstm: "LSTM" },
  unit: { word: "words", character: "characters" },
};
const FIRST = ["cell", "unit", "hidden_size", "epochs"];

/** The form; `begun(id)` is told of a training that has begun. */
export function trainForm(lab, { bytes, options, most }, begun) {
  const text = element("textarea", { id: "train-text", rows: 7, spellcheck: false, "aria-describedby": "train-limit" });
  const file = element("input", { type: "file", id: "train-file", accept: ".txt,text/plain" });
  const name = element("input", { type: "text", id: "train-name", maxlength: 64, value: "my text" });
  const message = element("p", { class: "message", id: "train-message", role: "alert" });
  const go = element("button", { type: "submit", class: "go", id: "train-go" }, "Learn");
  const sentences = element("button", { type: "button", id: "train-sentences" }, "Fill in sentences of a small grammar");
  const fields = Object.fromEntries(Object.entries(options).map(([key, value]) => [key, field(key, value, most[key])]));
  const labels = (keys) => keys.map((key) => element("label", { class: "field" }, LABELS[key], fields[key]));
  const rest = Object.keys(options).filter((key) => !FIRST.includes(key));

  sentences.addEventListener("click", async () => {
    say(message, "");
    try {
      text.value = (await lab.ask("train.sentences")).text;
      file.value = "";
      name.value = "small grammar";
    } catch (error) {
      say(message, error.message);
    }
  });
  file.addEventListener("change", () => { if (file.files[0]) name.value = nameOf(file.files[0].name); });

  const form = element("form", { class: "card train-form", id: "train-form" },
    element("label", { for: "train-text" }, "Text to learn from"), text,
    element("div", { class: "row" }, element("label", { class: "field", for: "train-file" }, "or a text file", file), sentences),
    element("p", { class: "soft", id: "train-limit" }, `UTF-8, up to ${bytes / 2 ** 20} MB. The last tenth is held out to judge by. The text stays on this machine.`),
    element("div", { class: "fields" }, element("label", { class: "field" }, "name", name), ...labels(FIRST)),
    element("details", {}, element("summary", {}, "More choices"), element("div", { class: "fields" }, ...labels(rest))),
    element("div", { class: "row" }, go), message);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isResting(go)) return;
    say(message, "");
    setResting(go, true);
    try {
      const sent = await send(file.files[0] ?? new Blob([text.value]), bytes);
      const { id } = await lab.ask("train.begin", { text: sent, name: name.value, options: chosen(fields, options) });
      begun(id);
    } catch (error) {
      say(message, worded(error.message));
    } finally {
      setResting(go, false);
    }
  });
  return form;
}

function field(key, value, most) {
  if (!CHOICES[key]) {
    const step = Number.isInteger(value) && key !== "clip_norm" && key !== "dropout" ? 1 : "any";
    return element("input", { type: "number", id: `train-${key}`, value, min: 0, max: most, step });
  }
  return element("select", { id: `train-${key}` }, ...Object.entries(CHOICES[key]).map(([each, name]) => element("option", { value: each, selected: each === value }, name)));
}

function chosen(fields, options) {
  return Object.fromEntries(Object.keys(options).map((key) => [key, CHOICES[key] ? fields[key].value : Number(fields[key].value)]));
}

/** Send a text; the number under which the lab holds it. */
export async function send(blob, most) {
  if (blob.size > most) throw new Error(`The text must have at most ${most / 2 ** 20} MB here, got ${(blob.size / 2 ** 20).toFixed(1)} MB. In a terminal, elman train language takes any length.`);
  if (blob.size === 0) throw new Error("There is no text yet: paste one, choose a file, or fill in sentences.");
  let answer;
  try {
    answer = await fetch("texts", { method: "POST", body: blob, headers: { "content-type": "text/plain" } });
  } catch {
    throw new Error("The text could not be sent: the lab does not answer.");
  }
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said.text;
}

function nameOf(file) {
  return file.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}_ .-]/gu, " ").trim().slice(0, 64) || "my text";
}
