/* Text with the subscripts of formulas in it: h_t and h_{t−1} as they are written by hand. */
import { element } from "./element.js";

/** Nodes for `text`; what follows an underscore, one letter or a group in braces, is set below the line. */
export function formula(text) {
  return text.split(/_(\{[^}]*\}|\w)/).map((part, k) => (k % 2 ? element("sub", {}, part.replace(/[{}]/g, "")) : part));
}
