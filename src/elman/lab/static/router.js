/* Which view is shown: the part of the address after #. */
import { element } from "./element.js";
import { VIEWS } from "./views.js";

export function startRouter(lab) {
  const nav = document.getElementById("nav");
  const main = document.getElementById("main");
  const opened = new Map();
  let current = null;

  for (const { name, title } of VIEWS) nav.append(element("a", { href: `#${name}`, id: `nav-${name}` }, title));

  async function open(view) {
    if (opened.has(view.name)) return opened.get(view.name);
    const heading = element("h2", { tabindex: "-1", id: `title-${view.name}` }, view.title);
    const section = element("section", { class: "view", id: `view-${view.name}`, "aria-labelledby": heading.id }, heading);
    main.append(section);
    const entry = { section, heading, hooks: {} };
    opened.set(view.name, entry);
    try {
      const module = await view.load();
      entry.hooks = (await module.mount(section, lab)) ?? {};
    } catch (error) {
      console.error(error);
      section.append(element("p", { class: "message", role: "alert" }, `This view could not be shown: ${error.message}`));
    }
    return entry;
  }

  async function route(first) {
    const [name, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
    if (name === "main") return; // the skip link
    const view = VIEWS.find((each) => each.name === name) ?? VIEWS[0];
    const before = current;
    current = view.name;
    for (const link of nav.children) link.toggleAttribute("aria-current", false);
    document.getElementById(`nav-${view.name}`).setAttribute("aria-current", "page");
    document.title = `${view.title} · Elman lab`;
    const entry = await open(view);
    if (current !== view.name) return; // another was chosen meanwhile
    for (const [other, { section, hooks }] of opened) {
      if (other === view.name) continue;
      if (!section.hidden && other === before) hooks.hide?.();
      section.hidden = true;
    }
    entry.section.hidden = false;
    entry.hooks.show?.(rest.join("/"));
    document.documentElement.dataset.view = view.name;
    if (!first && before !== view.name) entry.heading.focus();
  }

  addEventListener("hashchange", () => route(false));
  route(true);
}
