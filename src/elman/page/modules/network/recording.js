// A recorded trace as a source for the unfold component: what a network did with one text, played back.

// data: { name, cell, activation, layers, hidden, gates, words, steps }, steps as described in ../unfold/unfold.js.
export function recordingSource(data) {
  const { words, steps, ...rest } = data;
  return {
    ...rest,
    fixed: words,
    cuts: false,
    predicts: steps.some((step) => step.next.length),
    holds: steps.some((step) => step.remembered),
    split: () => words,
    step: async (_, { from, to }) => steps.slice(from, to),
  };
}
