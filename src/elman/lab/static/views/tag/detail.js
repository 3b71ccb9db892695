/* What else the word that is looked at may be. */
import { element } from "../../element.js";
import { barsFigure } from "../../figures/bars.js";
import { percent } from "../../page/modules/numbers.js";

export function detail({ forward }) {
  const node = element("div", { class: "tag-detail", id: "tag-detail", "aria-label": "the word that is looked at", role: "group" });
  const given = forward ? "probability, given the words up to this one" : "probability, given the whole sentence";
  return {
    node,
    show(word) {
      if (!word) { node.replaceChildren(); return; }
      const { known, likeliest } = word;
      node.replaceChildren(
        element("h3", {}, `“${word.word}”`, known ? "" : element("small", { class: "soft" }, " not in the training text: its letters say what it may be")),
        barsFigure({
          names: likeliest.map(([name]) => name), values: likeliest.map(([, share]) => share),
          labels: likeliest.map(([, share]) => percent(share)), unit: given, colour: "W", most: 1,
        }));
    },
  };
}
