// What runs inside report.html: the user's own network, unfolded, and the switches for colours and motion.

import { networkSource } from "./network/source.js";
import { recordingSource } from "./network/recording.js";
import { mountUnfold } from "./unfold/unfold.js";

const SOURCES = { network: networkSource, recording: recordingSource };

// data: { text, sources: [{ kind: "network" or "recording", … }] }, read from the page's own block.
export function openReport(data) {
  const root = document.documentElement;
  cycle("theme", ["auto", "light", "dark"], (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
  });
  cycle("motion", ["on", "off"], (motion) => (root.dataset.motion = motion));
  const place = document.getElementById("unfold");
  if (!place || !data.sources.length) return null;
  const sources = data.sources.map((one) => SOURCES[one.kind](one));
  return mountUnfold(place, { sources, text: data.text, intro: true });
}

// A button that goes through some settings; nothing is kept, the file may lie anywhere.
function cycle(id, settings, take) {
  const button = document.getElementById(id);
  let at = 0;
  button?.addEventListener("click", () => {
    at = (at + 1) % settings.length;
    button.textContent = `${id}: ${settings[at]}`;
    take(settings[at]);
  });
}
