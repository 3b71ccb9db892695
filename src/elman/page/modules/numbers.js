// Numbers as people read them, with a narrow space before the sign as in the rest of Elman.

export function percent(share) {
  const value = 100 * share;
  if (!Number.isFinite(value)) return "–";
  return `${value >= 9.95 ? value.toFixed(0) : value >= 0.095 ? value.toFixed(1) : "<0.1"} %`;
}

export function signed(value) {
  if (!Number.isFinite(value)) return String(value);
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
