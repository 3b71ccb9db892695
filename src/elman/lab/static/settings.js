/* Light or dark, motion on or off: as the system says, until the visitor says otherwise. */

const THEMES = ["auto", "light", "dark"];
const MOTIONS = ["on", "off"];

export function startSettings() {
  cycle("theme", THEMES, "auto", (value) => `Theme: ${value}`);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  cycle("motion", MOTIONS, still ? "off" : "on", (value) => `Motion: ${value}`);
}

function cycle(name, values, usual, label) {
  const button = document.getElementById(name);
  const key = `elman-${name}`;
  let value = usual;
  try { value = localStorage.getItem(key) ?? usual; } catch { /* private windows may keep nothing */ }
  if (!values.includes(value)) value = usual;
  const apply = () => {
    document.documentElement.dataset[name] = value;
    button.textContent = label(value);
    dispatchEvent(new CustomEvent("elman-setting", { detail: { name, value } }));
  };
  button.addEventListener("click", () => {
    value = values[(values.indexOf(value) + 1) % values.length];
    try { localStorage.setItem(key, value); } catch { /* then it holds until the page is left */ }
    apply();
  });
  apply();
}
