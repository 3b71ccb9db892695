/* The views, in the order of the navigation. Each module exports mount(root, lab), which fills a section
   and may return { show(rest), hide() }, told when the view comes and goes; `rest` is what follows the
   view's name in the address (#train/rest). */
export const VIEWS = [
  { name: "unfold", title: "Unfold", load: () => import("./views/unfold.js") },
  { name: "remember", title: "Remember", load: () => import("./views/remember.js") },
  { name: "train", title: "Train", load: () => import("./views/train.js") },
  { name: "inspect", title: "Inspect", load: () => import("./views/inspect.js") },
  { name: "quiz", title: "Test yourself", load: () => import("./views/quiz.js") },
];
