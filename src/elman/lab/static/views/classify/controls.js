/* Step, play, scrub; memory on or off. The keys are those of Unfold. */
import { element } from "../../element.js";
import { say } from "../../page/modules/dom.js";

export function controls({ unit }, view) {
  const step = element("button", { type: "button", class: "go", id: "classify-step", title: `read one ${unit} (→)`, onclick: () => view.step() }, "Step");
  const play = element("button", { type: "button", id: "classify-play", title: "read on by itself (space)", onclick: () => view.play() }, "Play");
  const start = element("button", { type: "button", title: "before the first step (Home)", "aria-label": "back to the start", onclick: () => { view.player.stop(); view.goTo(0); } }, "↺");
  const memory = element("input", { type: "checkbox", role: "switch", id: "classify-memory", checked: true, onchange: () => view.read() });
  const scrub = element("input", { type: "range", id: "classify-scrub", min: 0, max: 1, value: 0, "aria-label": `${unit}s read`, oninput: () => { view.player.stop(); view.goTo(Number(scrub.value)); } });
  const said = element("output", { for: scrub.id, class: "mono" });
  return {
    memory,
    node: element("div", { class: "row" }, step, play, start, element("span", { class: "scrub" }, scrub, said), element("label", { class: "switch" }, memory, "memory")),
    fit(steps) { scrub.max = steps; },
    mark(now, playing) {
      scrub.value = now;
      scrub.setAttribute("aria-valuetext", `${now} of ${scrub.max} ${unit}s`);
      say(said, `${now} / ${scrub.max}`);
      say(play, playing ? "Pause" : "Play");
    },
    listen(frame) { frame.addEventListener("keydown", (event) => key(event, view)); },
  };
}

function key(event, view) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  const { key } = event;
  if (key === "ArrowRight") view.step();
  else if (key === "ArrowLeft") view.step(-1);
  else if (key === "Home") { view.player.stop(); view.goTo(0); }
  else if (key === "End") { view.player.stop(); view.goTo(view.steps); }
  else if (key === " " && !event.target.matches("button")) view.play();
  else return;
  event.preventDefault();
}
