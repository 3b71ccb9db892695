// Elements with listeners; the elements themselves are made by elman.page's modules, text always as text.
import { element as plain } from "./page/modules/dom.js";

/** An element with attributes, listeners (on…) and children: nodes or texts. */
export function element(tag, attributes = {}, ...children) {
  const entries = Object.entries(attributes);
  const made = plain(tag, Object.fromEntries(entries.filter(([name]) => !name.startsWith("on"))), ...children);
  for (const [name, value] of entries) if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
  return made;
}
