/* Questions that replace each other, as while a slider is turned: the last one counts. */

const PAUSE_MS = 60;

/** A function that asks `begin(signal)` after a short pause, stops the question before, and hands the answer to
    `done` or the error to `failed`. A lost connection is no error: it asks again when the lab is back. */
export function latest(lab, begin, done, failed) {
  let control = null, timer = 0;
  const go = async () => {
    control?.abort();
    const mine = control = new AbortController();
    try {
      const answer = await begin(mine.signal);
      if (control === mine && !answer.stopped) done(answer);
    } catch (error) {
      if (control !== mine) return;
      if (error.kind === "Lost") ask();
      else failed(error);
    }
  };
  const ask = () => { clearTimeout(timer); timer = setTimeout(go, PAUSE_MS); };
  return ask;
}
