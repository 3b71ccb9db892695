/* Remember: how far back a network looks, why it forgets, and what was done about it. */
import { clippingPart } from "./remember/clipping.js";
import { gradientPart } from "./remember/gradient.js";
import { headlinePart } from "./remember/headline.js";
import { racePart } from "./remember/race.js";

export function mount(root, lab) {
  const parts = [headlinePart(lab), gradientPart(lab), clippingPart(lab), racePart(lab)];
  root.append(...parts.map((part) => part.node));
  return {
    show() { for (const part of parts) part.show?.(); },
    hide() { for (const part of parts) part.hide?.(); },
  };
}
