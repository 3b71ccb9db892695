/* Which view is shown: the part of the address after #. */
import { element } from "./element.js";
import { languageModel } from "./offer.js";
import { VIEWS } from "./views.js";

export function startRouter(lab) {
  const nav = document.getElementById("nav");
  const main = document.getElementById("main");
  const opened = new Map();
  let current = null, latest = null;

  for (const { name, title, task } of VIEWS) nav.append(element("a", { href: `#${name}`, id: `nav-${name}`, hidden: Boolean(task) }, title));
  lab.models.on(() => {
    for (const { name, task } of VIEWS) if (task) document.getElementById(`nav-${name}`).hidden = !lab.models.of(task).length;
  });

  // The view that an address means; without one, that of the run that the lab shows. Which it is, the models tell.
  async function meant(name) {
    const view = VIEWS.find((each) => each.name === name);
    if (view && !view.task) return view;
    if (!view && name) return VIEWS.find(({ task }) => !task);
    await lab.models.ready();
    const there = VIEWS.filter(({ task }) => !task || lab.models.of(task).length);
    return there.includes(view) ? view : there.find(({ task }) => (task ?? "language") === lab.models.all[0].task) ?? there[0];
  }

  function open(view) {
    if (opened.has(view.name)) return opened.get(view.name);
    const heading = element("h2", { tabindex: "-1", id: `title-${view.name}` }, view.title);
    const section = element("section", { class: "view", id: `view-${view.name}`, "aria-labelledby": heading.id }, heading);
    main.append(section);
    const entry = { section, heading, hooks: {} };
    opened.set(view.name, entry);
    entry.mounted = mount(view, entry);
    return entry;
  }

  async function mount(view, entry) {
    const { section } = entry;
    try {
      if (view.shows) await languageModel(section, lab, view);
      const module = await view.load();
      entry.hooks = (await module.mount(section, lab)) ?? {};
    } catch (error) {
      console.error(error);
      section.append(element("p", { class: "message", role: "alert" }, `This view could not be shown: ${error.message}`));
    }
  }

  async function route(first) {
    const [name, ...rest] = address().split("/");
    if (name === "main" && current) return; // the skip link; where a page begins with it, no view is there yet
    const asked = (latest = {});
    const view = await meant(name === "main" ? "" : name);
    if (latest !== asked) return; // another was chosen meanwhile
    const before = current;
    current = view.name;
    for (const link of nav.children) link.toggleAttribute("aria-current", false);
    document.getElementById(`nav-${view.name}`).setAttribute("aria-current", "page");
    document.title = `${view.title} · Elman lab`;
    const entry = open(view);
    for (const [other, { section, hooks }] of opened) {
      if (other === view.name) continue;
      if (!section.hidden && other === before) hooks.hide?.();
      section.hidden = true;
    }
    entry.section.hidden = false;
    if (!first && before !== view.name) entry.heading.focus();
    await entry.mounted;
    if (current !== view.name) return; // another was chosen meanwhile
    entry.hooks.show?.(rest.join("/"));
    document.documentElement.dataset.view = view.name;
  }

  // What stands after #; it may be no address at all.
  function address() {
    try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
  }

  addEventListener("hashchange", () => route(false));
  route(true);
}
