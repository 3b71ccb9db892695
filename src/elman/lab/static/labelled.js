/* A control with its label before it and what it says behind it, kept on one line. */
import { element } from "./element.js";

/** `control` must have an id. */
export function labelled(label, control, output = null) {
  return element("span", { class: "labelled" }, element("label", { for: control.id }, label), control, output);
}
