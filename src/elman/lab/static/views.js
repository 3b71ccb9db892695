/* The views, in the order of the navigation. Each module exports mount(root, lab), which fills a section
   and may return { show(rest), hide() }, told when the view comes and goes; `rest` is what follows the
   view's name in the address (#train/rest). A view of a `task` is there if a model of it is; one that
   `shows` something of language models offers to let some learn if there is none. */
export const VIEWS = [
  { name: "tag", title: "Tag", task: "tagging", load: () => import("./views/tag.js") },
  { name: "classify", title: "Classify", task: "classification", load: () => import("./views/classify.js") },
  { name: "unfold", title: "Unfold", shows: "what a language model expects after each word", load: () => import("./views/unfold.js") },
  { name: "remember", title: "Remember", shows: "how far back a language model remembers", load: () => import("./views/remember.js") },
  { name: "train", title: "Train", load: () => import("./views/train.js") },
  { name: "inspect", title: "Inspect", load: () => import("./views/inspect.js") },
  { name: "quiz", title: "Test yourself", load: () => import("./views/quiz.js") },
];
