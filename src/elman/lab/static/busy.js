/* Controls that cannot be used for a while without taking the focus from whoever stands on them: a button that is
   disabled, or hidden, drops the keyboard at the top of the page. */

/** Let a button rest, or work again; while it rests it keeps the focus. Its listeners ask `isResting` first. */
export function setResting(button, is) {
  if (is) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

export const isResting = (button) => button.getAttribute("aria-disabled") === "true";

/** Do what may hide or remove controls within `node`; a focus that stood on one of them goes to what `heir(control)` gives. */
export function keepFocus(node, change, heir) {
  const before = document.activeElement, within = node.contains(before);
  change();
  if (within && !isSeen(before)) heir(before).focus();
}

const isSeen = (control) => control.isConnected && !control.closest("[hidden]");
