// The report of the model that is looked at: measured while the visitor waits, shown as the file it is.
import { isResting, keepFocus, setResting } from "../busy.js";
import { fillChoice } from "../choice.js";
import { element } from "../element.js";
import { say } from "../page/modules/dom.js";
import { send } from "../train/form.js";

const READS = {
  language: "another text to read (or none: the one at hand)",
  tagging: "another tagged text to read (or none: the one at hand)",
  classification: "other labelled examples to read, as text or .ts (or none: those at hand)",
};

export async function mount(root, lab) {
  const models = await lab.models.ready();
  const choice = element("select", { id: "inspect-model", "aria-label": "model" });
  const go = element("button", { type: "button", class: "go", id: "inspect-go" }, "Measure");
  const stop = element("button", { type: "button", id: "inspect-stop", hidden: true }, "Stop");
  const reads = element("span", {});
  const file = element("input", { type: "file", id: "inspect-file", accept: ".txt,text/plain" });
  const status = element("p", { class: "soft", id: "inspect-status", role: "status" });
  const message = element("p", { class: "message", role: "alert", id: "inspect-message" });
  const alone = element("a", { target: "_blank", rel: "noopener", id: "inspect-alone" }, "Open it by itself");
  const save = element("a", { download: "report.html", id: "inspect-save" }, "Save the file");
  const frame = element("iframe", { title: "report", class: "report", id: "inspect-report" });
  const early = element("p", { class: "message", hidden: true }, "It was still learning when it was measured: measure again once it is ready.");
  const found = element("div", { hidden: true, id: "inspect-found", class: "found" },
    early,
    element("p", { class: "row" }, alone, save), frame);
  root.append(
    element("p", {}, "How far back does it look, how far back does it learn, and what does its memory hold? All instruments measure the model, on data that it did not learn from, and write a report."),
    element("div", { class: "row" }, choice, go, stop),
    element("label", { class: "field inspect-file", for: "inspect-file" }, reads, file),
    status, message, found);
  let working = null;

  models.on(() => {
    const { all, seen } = models;
    fillChoice(choice, all.map(({ key, name, stage }) => ({ key, name: stage === "ready" ? name : `${name} (${stage})` })), seen.key);
    say(reads, READS[seen.task]);
    file.accept = seen.task === "classification" ? "" : ".txt,text/plain";
  });
  choice.addEventListener("change", () => models.choose(choice.value));
  stop.addEventListener("click", () => { working?.abort(); say(status, "Stopping after this measurement …"); });

  go.addEventListener("click", async () => {
    if (isResting(go)) return;
    working = new AbortController();
    const { signal } = working;
    busy(true);
    say(message, "");
    say(status, "Beginning …");
    try {
      const text = file.files[0] ? await send(file.files[0], Infinity) : "";
      const answer = await lab.ask("inspect.report", { model: models.seen.key, text, ending: file.files[0]?.name.endsWith(".ts") ? ".ts" : ".txt" },
        { signal, onPart: (part) => !signal.aborted && say(status, `${part.text} …`) });
      if (answer.stopped) say(status, "Stopped.");
      else show(answer);
    } catch (error) {
      say(status, "");
      const missing = error.kind === "DataError" && !file.files[0];
      say(message, missing ? `${error.message} Choose a file above.` : error.message);
    }
    busy(false);
  });

  function busy(is) {
    setResting(go, is);
    choice.disabled = is;
    keepFocus(stop, () => { stop.hidden = !is; }, () => go);
  }

  function show(answer) {
    say(status, `Measured: ${answer.headline}.`);
    early.hidden = answer.stage === "ready";
    for (const link of [alone, save]) link.setAttribute("href", answer.address);
    frame.setAttribute("src", answer.address);
    found.hidden = false;
  }

  // The report grows to its whole length and wears the colours that were chosen here.
  frame.addEventListener("load", () => {
    const inside = frame.contentDocument;
    if (!inside?.body) return;
    dress();
    const fit = () => { frame.style.height = `${Math.ceil(inside.body.getBoundingClientRect().height) + 2}px`; };
    new ResizeObserver(fit).observe(inside.body);
    fit();
  });
  const dress = () => {
    const inside = frame.contentDocument?.documentElement;
    if (!inside) return;
    inside.dataset.framed = "";
    for (const name of ["theme", "motion"]) inside.dataset[name] = document.documentElement.dataset[name];
  };
  addEventListener("elman-setting", dress);
}
