/* A text, word by word: what was read, and what is still to come. */
import { element } from "../../element.js";
import { visible } from "../../page/modules/visible.js";

export function wordsStage() {
  const node = element("ol", { class: "read-words", tabindex: "0", "aria-label": "the text, word by word" });
  return {
    node,
    show({ words, known }) {
      node.replaceChildren(...words.map((word, t) => element("li", {
        class: known[t] ? null : "unknown", title: known[t] ? null : `“${visible(word)}” is not in the vocabulary; it is read as <unk>`,
      }, visible(word))));
    },
    mark(now) {
      [...node.children].forEach((item, t) => {
        item.classList.toggle("ahead", t >= now);
        item.classList.toggle("now", t === now - 1);
      });
      const last = node.children[now - 1];
      if (last && (last.offsetTop < node.scrollTop || last.offsetTop + last.offsetHeight > node.scrollTop + node.clientHeight)) node.scrollTop = last.offsetTop - 8;
    },
  };
}
