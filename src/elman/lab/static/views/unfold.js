// The network unfolds: elman.page's component, fed by the model on the lab's shelf, as it learns.
import { element } from "../element.js";
import { mountUnfold } from "../page/modules/unfold/unfold.js";
import { say } from "../page/modules/dom.js";
import { LabSource } from "../source.js";

export async function mount(root, lab) {
  const models = await lab.models.ready();
  const status = learningLine();
  const place = element("div", { id: "unfold" });
  root.append(status.node, place);

  let sources = models.list.map((model) => new LabSource(lab, model));
  const unfold = mountUnfold(place, { sources, text: "I love cats" });
  root.unfold = unfold;
  let version = null;
  let hidden = false;
  let reading = false;

  async function follow() {
    const chosen = models.chosen;
    status.show(chosen);
    if (hidden || reading || unfold.source.key !== chosen.key || chosen.version === version) return;
    reading = true;
    version = chosen.version;
    await unfold.reread();
    reading = false;
    if (models.chosen.version !== version) follow();
  }

  function choose() {
    const place = sources.findIndex(({ key }) => key === models.chosen.key);
    if (unfold.source !== sources[place]) unfold.use(place);
  }

  place.addEventListener("unfold:change", () => {
    if (unfold.source.key === models.chosen.key) return;
    models.choose(unfold.source.key);
    lab.ask("unfold.prefer", { model: unfold.source.key }).catch(() => {});
  });

  models.on(() => {
    if (!models.chosen) return;
    const keys = models.list.map(({ key }) => key).join("\n");
    if (keys !== sources.map(({ key }) => key).join("\n")) {
      const wanted = models.chosen.key;
      sources = models.list.map((model) => new LabSource(lab, model));
      unfold.replace(sources);
      models.choose(wanted);
    }
    choose();
    follow();
  });

  return {
    show() { hidden = false; follow(); },
    hide() { hidden = true; unfold.pause(); },
  };
}

// One line above the picture: how far the network's learning is.
function learningLine() {
  const text = element("span", {});
  const bar = element("progress", { max: 1, "aria-label": "learned" });
  const node = element("p", { class: "learning soft", id: "learning" }, bar, text);
  const show = ({ name, stage, share, perplexity, unit }) => {
    node.dataset.stage = stage;
    bar.hidden = stage === "ready";
    bar.value = share;
    say(text, line(name, stage, perplexity, unit));
    node.hidden = !text.textContent;
  };
  return { node, show };
}

function line(name, stage, perplexity, unit) {
  if (stage === "waiting") return `${name} has not learned anything yet; it waits for its turn.`;
  const reached = perplexity === null ? "" : perplexity.toFixed(1);
  if (stage === "learning") return `${name} is learning before your eyes: it hesitates between ${reached} ${unit}s.`;
  return reached ? `${name} has learned: it hesitates between ${reached} ${unit}s (its perplexity).` : "";
}
