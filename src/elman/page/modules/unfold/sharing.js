// What lights up when U, V or W is touched, said in words.

const ROLES = {
  U: ["U turns the word that enters into a change of the memory", "entrances"],
  V: ["V carries the memory from one step to the next", "passages"],
  W: ["W turns the memory into a guess of the next word", "exits"],
};

export function sharing(name, source, count) {
  const [role, places] = ROLES[name];
  const gates = { elman: 1, gru: 3, lstm: 4 }[source.cell];
  const size = name === "V" ? `${gates > 1 ? `${gates} blocks of ` : ""}${source.hidden} × ${source.hidden} numbers, ` : "";
  return `${role}: ${size}one and the same at all ${count.toLocaleString("en-GB")} ${places}.`;
}
