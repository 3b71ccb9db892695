/* A choice among models, which stays open before its visitor while they learn and tell of it. */
import { element } from "./element.js";
import { say } from "./page/modules/dom.js";

/** Let a select offer { key, name } and show the one of `key`; options that stand there already stay. */
export function fillChoice(select, offers, key) {
  const options = [...select.options];
  if (options.map(({ value }) => value).join("\n") === offers.map((offer) => offer.key).join("\n")) {
    offers.forEach(({ name }, k) => say(options[k], name));
  } else {
    select.replaceChildren(...offers.map((offer) => element("option", { value: offer.key }, offer.name)));
  }
  select.value = key;
}
