/* What a view of language models says where the lab shows a run of another task: it offers small ones. */
import { isResting, keepFocus, setResting } from "./busy.js";
import { element } from "./element.js";
import { say } from "./page/modules/dom.js";

/** Resolves once there is a language model; until then, if there are others, `section` holds the offer. */
export async function languageModel(section, lab, { title, shows }) {
  const { models } = lab;
  await models.ready();
  if (models.list.length) return;
  const { name, said } = models.seen;
  const message = element("p", { class: "message", role: "alert" });
  const begin = element("button", { type: "button", class: "go" }, "Let small networks learn sentences");
  const node = element("div", { class: "card offer" },
    element("p", {}, `${title} shows ${shows}; ${name} is ${said}.`),
    element("div", { class: "row" }, begin), message);
  begin.addEventListener("click", async () => {
    if (isResting(begin)) return;
    setResting(begin, true);
    say(message, "");
    try {
      await lab.ask("unfold.begin");
    } catch (error) {
      setResting(begin, false);
      say(message, error.message);
    }
  });
  section.append(node);
  await models.ready("language");
  keepFocus(node, () => node.remove(), () => section.querySelector("h2"));
}
