// What runs inside report.html: the user's own network, unfolded; and the switches for colours and motion.

import { networkSource } from "./network/source.js";
import { recordingSource } from "./network/recording.js";
import { mountUnfold } from "./unfold/unfold.js";

// data: { text, sources: [{ kind: "network" or "recording", … }] }, read from the page's own JSON block.
export function openReport(node, data) {
  const kinds = { network: networkSource, recording: recordingSource };
  return mountUnfold(node, { sources: data.sources.map((one) => kinds[one.kind](one)), text: data.text });
}
