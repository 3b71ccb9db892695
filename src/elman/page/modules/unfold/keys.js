// The keyboard inside the component; fields keep their own keys.

const [READ, GO_ON, START] = [[["→", "←"], "step", ["space"], "play"], [["1", "–", "5"], "go on with a likely word"], [["Home"], "start"]];

// What the keys do with a source: a recording cannot be gone on with.
export const hints = (source) => [...READ, ...(source.fixed ? [] : GO_ON), ...START];

export function listen(frame, unfold) {
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.matches("input, select, textarea");
    if (event.key === "Enter" && event.target === unfold.parts.text) unfold.play();
    else if (field) return;
    else if (event.key === "ArrowRight") unfold.step();
    else if (event.key === "ArrowLeft") unfold.back();
    else if (event.key === "Home") unfold.restart();
    else if (event.key === "End") unfold.goTo(unfold.words.length);
    else if (/^[1-5]$/.test(event.key)) unfold.goOn(Number(event.key) - 1);
    else if (event.key === " " && !event.target.matches("button")) unfold.player.playing ? unfold.pause() : unfold.play();
    else return;
    event.preventDefault();
  });
}
