// Whether things may move: the system's wish, or `data-motion="off"` on the page.

const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

export function mayMove() {
  return !calm?.matches && document.documentElement.dataset.motion !== "off";
}

// Call `draw(share)` each frame while share runs from 0 to 1; at once with 1 where nothing may move.
// Returns a function that stops it.
export function glide(milliseconds, draw) {
  if (!mayMove()) {
    draw(1);
    return () => {};
  }
  const start = performance.now();
  let frame = requestAnimationFrame(function next(now) {
    const share = Math.min(1, Math.max(0, (now - start) / milliseconds));
    draw(share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2);
    if (share < 1) frame = requestAnimationFrame(next);
  });
  return () => cancelAnimationFrame(frame);
}
