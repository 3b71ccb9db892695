/* Test yourself: choose an answer, and an experiment that runs now says whether it holds. */
import { isResting, setResting } from "../busy.js";
import { element } from "../element.js";
import { figureOf } from "../figures/figure.js";
import { formula } from "../formula.js";

export async function mount(root, lab) {
  root.append(element("p", { class: "soft" },
    "Answer what you believe. The lab then runs an experiment on small networks, here and now, and what it measures is the judge."));
  const list = element("ol", { class: "quiz-list", "aria-label": "Questions" });
  const score = element("p", { class: "quiz-score soft", role: "status" });
  const place = element("div", { class: "card quiz-card" }, element("p", { class: "soft" }, "Waiting for the lab …"));
  root.append(element("nav", { "aria-label": "Questions" }, list), score, place);
  const quiz = { lab, root, list, score, place, questions: [], answers: new Map(), at: 0, wanted: "" };
  ready(quiz);
  return { show(rest) { quiz.wanted = rest; if (quiz.questions.length) open(quiz, rest, true); } };
}

async function ready(quiz) {
  try {
    ({ questions: quiz.questions } = await quiz.lab.ask("quiz.questions"));
  } catch (error) {
    if (error.kind === "Lost") { ready(quiz); return; } // asked again once the lab answers
    quiz.place.replaceChildren(element("p", { class: "message", role: "alert" }, error.message));
    return;
  }
  quiz.list.replaceChildren(...quiz.questions.map((question, k) => element("li", {},
    element("a", { href: `#quiz/${question.name}`, title: question.topic, "data-name": question.name }, String(k + 1)))));
  open(quiz, quiz.wanted);
}

function open(quiz, name, focus = false) {
  const at = quiz.questions.findIndex((question) => question.name === name);
  quiz.at = at < 0 ? Math.max(0, quiz.questions.findIndex((question) => !quiz.answers.has(question.name))) : at;
  mark(quiz);
  quiz.place.replaceChildren(...card(quiz, quiz.questions[quiz.at]));
  if (focus && name) quiz.place.querySelector(".question").focus();
}

function mark({ list, questions, answers, at, score, root }) {
  [...list.children].forEach((item, k) => {
    const link = item.firstElementChild, { name, topic } = questions[k], judged = answers.get(name);
    link.toggleAttribute("aria-current", false);
    if (k === at) link.setAttribute("aria-current", "step");
    link.dataset.state = judged ? (judged.right ? "right" : "wrong") : "open";
    link.setAttribute("aria-label", `Question ${k + 1}, ${topic}: ${judged ? (judged.right ? "answered as measured" : "measured otherwise") : "not answered yet"}`);
  });
  const right = [...answers.values()].filter((judged) => judged.right).length;
  score.textContent = answers.size ? `${right} of ${answers.size} answered as measured.` : "";
  Object.assign(root.dataset, { question: questions[at].name, answered: answers.size, right });
}

function card(quiz, question) {
  const judged = quiz.answers.get(question.name);
  const options = question.options.map(({ key, text }) => element("label", { class: "option" },
    element("input", { type: "radio", name: "option", value: key, checked: judged?.choice === key, required: true }), element("span", {}, ...formula(text))));
  const run = element("button", { type: "submit", class: "go" }, judged ? "Run it again, with other weights" : "Run the experiment");
  const result = element("div", { class: "quiz-result", role: "status" });
  const form = element("form", {
    onsubmit: (event) => { event.preventDefault(); answer(quiz, question, { form, run, result }); },
  }, element("fieldset", {}, element("legend", {}, element("span", { class: "soft" }, `${quiz.at + 1} of ${quiz.questions.length} · ${question.topic}`),
    element("span", { class: "question", tabindex: "-1" }, ...formula(question.text))), ...options), element("div", { class: "row" }, run, next(quiz)));
  if (judged) result.replaceChildren(...verdict(judged));
  return [form, result];
}

function next(quiz) {
  const following = quiz.questions[(quiz.at + 1) % quiz.questions.length];
  return element("a", { class: "next", href: `#quiz/${following.name}` }, "Next question");
}

async function answer(quiz, question, { form, run, result }) {
  if (isResting(run)) return;
  const choice = new FormData(form).get("option");
  const before = quiz.answers.get(question.name);
  setResting(run, true);
  result.replaceChildren(element("p", { class: "soft" }, "The experiment runs …"));
  quiz.root.dataset.state = "running";
  try {
    const seed = before ? before.seed + 1 : 0;
    const judged = await quiz.lab.ask("quiz.answer", { name: question.name, choice, seed });
    quiz.answers.set(question.name, { ...judged, seed });
    result.replaceChildren(...verdict(judged));
    run.textContent = "Run it again, with other weights";
    mark(quiz);
  } catch (error) {
    result.replaceChildren(element("p", { class: "message" }, error.message));
  } finally {
    setResting(run, false);
    quiz.root.dataset.state = "done";
  }
}

function verdict(judged) {
  const says = judged.right ? "Measured, and so it is." : `Measured otherwise: ${judged.answer_text}`;
  const parts = [
    element("h3", { class: judged.right ? "held" : "fell" }, says),
    element("p", {}, judged.said),
    figureOf(judged.figure),
    element("p", { class: "why" }, ...formula(judged.explanation)),
  ];
  if (!judged.usual) parts.splice(2, 0, element("p", {}, "This is not what theory expects; run it again to see whether it was chance."));
  if (judged.source) parts.push(element("p", { class: "soft source" }, judged.source));
  return parts;
}
