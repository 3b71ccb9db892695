// The handle that pulls the unit open: dragged, pressed, or moved by the keyboard.

import { glide } from "../motion.js";

const OPEN_IN_MS = 650;

// get() and set(open) hold how far it is open; reach() is one pitch in pixels.
export function handle(grip, { get, set, reach }) {
  let from = null;
  let stop = () => {};
  const move = (to) => {
    stop();
    const start = get();
    stop = glide(OPEN_IN_MS, (share) => set(start + (to - start) * share));
  };
  grip.addEventListener("pointerdown", (event) => {
    stop();
    from = { x: event.clientX, open: get(), moved: false };
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
    grip.focus({ preventScroll: true });
  });
  grip.addEventListener("pointermove", (event) => {
    if (!from) return;
    const way = event.clientX - from.x;
    from.moved ||= Math.abs(way) > 3;
    if (from.moved) set(clamp(from.open + way / (0.8 * reach())));
  });
  const release = () => {
    if (!from) return;
    const { moved } = from;
    from = null;
    move(moved ? (get() > 0.5 ? 1 : 0) : get() > 0.5 ? 0 : 1);
  };
  grip.addEventListener("pointerup", release);
  grip.addEventListener("pointercancel", release);
  grip.addEventListener("keydown", (event) => {
    const to = { ArrowRight: get() + 0.1, ArrowUp: get() + 0.1, ArrowLeft: get() - 0.1, ArrowDown: get() - 0.1, Home: 0, End: 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") move(get() > 0.5 ? 0 : 1);
    else if (to == null) return;
    else if (event.key === "Home" || event.key === "End") move(to);
    else {
      stop();
      set(clamp(to));
    }
    event.preventDefault();
    event.stopPropagation();
  });
  return move;
}

function clamp(open) {
  return Math.max(0, Math.min(1, open));
}
