/* Scales of a figure: where a value stands, where the marks are, and what they say. */

/** Round numbers in [low, high], a step of 1, 2 or 5 times a power of ten apart. */
export function linearTicks(low, high, most = 6) {
  if (!(high > low)) return [low];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough * (1 - 1e-9));
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k <= high / step + 1e-9; k++) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** Powers of ten in [low, high], not too many; between two of them, their halves and fifths too. */
export function logTicks(low, high, most = 6) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / most));
  const ticks = [];
  for (let power = last; power >= first; power -= stride) ticks.unshift(10 ** power);
  if (ticks.length > 1) return ticks;
  const near = [first - 1, first, last + 1].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  return [...new Set(near)].filter((value) => value >= low && value <= high);
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (power) => String(power).replace("-", "⁻").replace(/\d/g, (digit) => RAISED[digit]);

/** A number as it is written by hand, with few digits. */
export function written(value, digits = 3) {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size && (size < 1e-3 || size >= 1e5)) {
    const [mantissa, power] = value.toExponential(1).split("e");
    const factor = Number(mantissa) === 1 ? "" : `${mantissa.replace(/\.0$/, "")}·`;
    return `${factor}10${raised(Number(power))}`.replace(/^-/, "−");
  }
  if (size >= 1000) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** A share in whole hundredths. */
export const whole = (share) => `${Math.round(100 * share)} %`;

/** A function from values in [low, high] to places in [from, to]; what lies outside stands at its end. */
export function scale(low, high, from, to, logarithmic = false) {
  const f = logarithmic ? Math.log : (value) => value;
  const a = f(low), b = f(high);
  return (value) => {
    const share = b > a ? (f(Math.min(Math.max(value, low), high)) - a) / (b - a) : 0.5;
    return from + share * (to - from);
  };
}
