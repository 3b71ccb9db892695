// A visitor's own text: a network learns it, and the page shows how.
import { keepFocus } from "../busy.js";
import { element } from "../element.js";
import { say } from "../page/modules/dom.js";
import { trainForm } from "../train/form.js";
import { Panel } from "../train/panel.js";

export async function mount(root, lab) {
  const list = element("div", { class: "row trainings", role: "group", "aria-label": "your trainings" });
  const heading = root.querySelector("h2");
  const leave = (id) => { if (id === shown && !root.hidden) location.hash = "train"; };
  const panel = new Panel(lab, leave);
  const open = (id) => { location.hash = `train/${id}`; };
  const intro = element("p", {}, "Give it a text. It learns what comes next, and you see how: the loss falls, gradients swell and are clipped, and what it writes turns into language. It learns on if you close this page; you will find it here again.");
  const form = trainForm(lab, await lab.ask("train.limits"), open);
  const another = element("button", { type: "button", id: "train-another", onclick: () => { location.hash = "train"; } }, "Learn another text");
  list.append(another);
  root.append(intro, list, panel.node, form);

  const buttons = new Map();
  let shown = "";
  const press = () => { for (const [each, button] of buttons) button.setAttribute("aria-pressed", String(each === shown)); };
  lab.on("trainings", ({ trainings }) => {
    const known = new Set(trainings.map(({ id }) => id));
    for (const [id, button] of buttons) if (!known.has(id)) { // discarded, perhaps in another window
      keepFocus(button, () => button.remove(), () => heading);
      buttons.delete(id);
      leave(id);
    }
    for (const training of trainings) {
      if (!buttons.has(training.id)) buttons.set(training.id, element("button", { type: "button", "data-id": training.id, onclick: () => open(training.id) }));
      say(buttons.get(training.id), `${training.name} · ${training.state}${percent(training)}`);
    }
    trainings.forEach(({ id }, k) => { // the newest first, as the lab tells them; what stands already is not moved
      const button = buttons.get(id);
      if (!button.parentNode) list.insertBefore(button, list.children[k + 1] ?? null);
    });
    press();
  });

  return {
    show(id) {
      shown = id;
      press();
      keepFocus(root, () => {
        if (id) panel.watch(id);
        else panel.close();
        form.hidden = Boolean(id);
        intro.hidden = Boolean(id);
        another.hidden = !id;
      }, (left) => (id ? panel.title : left === another ? form.querySelector("textarea") : heading));
    },
    hide() {},
  };
}

function percent({ state, now }) {
  return state !== "finished" && now.steps && now.step ? ` ${Math.round((100 * now.step) / now.steps)} %` : "";
}
