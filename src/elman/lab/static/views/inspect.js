import { element } from "../element.js";

export function mount(root) {
  root.append(element("p", { class: "soft" }, "This view is being built."));
}
