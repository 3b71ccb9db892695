// What the form calls the options of a training, and messages about them in its words.

export const LABELS = {
  cell: "cell", unit: "cut the text into", hidden_size: "units of memory", epochs: "passes over the text",
  layers: "layers", learning_rate: "learning rate", clip_norm: "clip gradients longer than (0: never)",
  truncation_steps: "steps back that teach", dropout: "dropout", min_count: "drop words seen less often than (0: choose)", seed: "seed of chance",
};

/** A message with the form's labels in place of the names of options; the text itself keeps its `name`. */
export function worded(message, name = "") {
  return message.replace(/`(\w+)`/g, (option, key) => {
    if (key === name || !Object.hasOwn(LABELS, key)) return option;
    return `“${LABELS[key].replace(/ \(.*\)$/, "")}”`; // without what a value of 0 means
  });
}
