// One step of each cell, as in torch. u = U x_t + b and v = V h_{t−1} + d, both (G·H); state { h, c }.
// Each gives the new state and its gates.

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const ACTIVATIONS = { tanh: Math.tanh, relu: (z) => Math.max(0, z), sigmoid, identity: (z) => z };

export const GATES = { elman: [], gru: ["r", "z"], lstm: ["i", "f", "o"] };
export const BLOCKS = { elman: 1, gru: 3, lstm: 4 };

// h_t = f(U x_t + V h_{t−1})
function elman(u, v, state, activation) {
  return { h: each(state.h.length, (k) => ACTIVATIONS[activation](u[k] + v[k])), gates: {} };
}

// h_t = (1 − z) n + z h_{t−1},  n = tanh(U_n x_t + r V_n h_{t−1}); order r, z, n
function gru(u, v, { h }) {
  const H = h.length;
  const r = each(H, (k) => sigmoid(u[k] + v[k]));
  const z = each(H, (k) => sigmoid(u[H + k] + v[H + k]));
  const n = each(H, (k) => Math.tanh(u[2 * H + k] + r[k] * v[2 * H + k]));
  return { h: each(H, (k) => (1 - z[k]) * n[k] + z[k] * h[k]), gates: { r, z } };
}

// c_t = f c_{t−1} + i g,  h_t = o tanh(c_t); order i, f, g, o
function lstm(u, v, { h, c }) {
  const H = h.length;
  const gate = (block) => each(H, (k) => sigmoid(u[block * H + k] + v[block * H + k]));
  const i = gate(0), f = gate(1), o = gate(3);
  const g = each(H, (k) => Math.tanh(u[2 * H + k] + v[2 * H + k]));
  const next = each(H, (k) => f[k] * c[k] + i[k] * g[k]);
  return { h: each(H, (k) => o[k] * Math.tanh(next[k])), c: next, gates: { i, f, o } };
}

export const CELLS = { elman, gru, lstm };

function each(length, value) {
  const all = new Float64Array(length);
  for (let k = 0; k < length; k++) all[k] = value(k);
  return all;
}
