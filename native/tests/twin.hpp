// The recurrence written as plainly as possible, in double, row by row: what the library must
// agree with. It shares nothing with the library but the header.
#pragma once

#include "check.hpp"

inline int64_t gates_of(int cell) {
  return cell == ELMAN_CELL_ELMAN ? 1 : cell == ELMAN_CELL_GRU ? 3 : 4;
}

template <class S>
constexpr int32_t element_of() {
  return sizeof(S) == 4 ? ELMAN_FLOAT32 : ELMAN_FLOAT64;
}

// Rounding grows with the sums' length and with the steps that it is carried through.
template <class S>
double tolerance(int64_t units, int64_t steps) {
  const double epsilon = sizeof(S) == 4 ? 6e-8 : 1.2e-16;
  return epsilon * 50 * double(4 + units + steps);
}

struct Twin {
  int cell, activation;
  bool reverse;
  int64_t batch, units;
  std::vector<int64_t> counts;  // rows of each step
  std::vector<uint8_t> resets;  // empty: none
  std::vector<double> projected, weight, bias, h_0, c_0, d_output, d_h_n, d_c_n;

  std::vector<double> output, cells, gates, candidates, h_n, c_n;
  std::vector<double> d_projected, d_recurrent, d_h_0, d_c_0, states_h, states_c;

  int64_t steps() const { return int64_t(counts.size()); }
  int64_t gate_count() const { return gates_of(cell); }

  int64_t first(int64_t t) const {
    int64_t row = 0;
    for (int64_t i = 0; i < t; ++i) row += counts[size_t(i)];
    return row;
  }
  int64_t rows() const { return first(steps()); }
  bool running(int64_t t, int64_t b) const {
    return t >= 0 && t < steps() && b < counts[size_t(t)];
  }

  // The row walked before (t, b): -1 if there is none, -2 if a reset cuts it off.
  int64_t before(int64_t t, int64_t b) const {
    const int64_t other = reverse ? t + 1 : t - 1, later = reverse ? t + 1 : t;
    if (!resets.empty() && running(later, b) && resets[size_t(first(later) + b)]) return -2;
    return running(other, b) ? first(other) + b : -1;
  }

  double entering(const std::vector<double>& states, const std::vector<double>& initial, int64_t t,
                  int64_t b, int64_t u) const {
    const int64_t row = before(t, b);
    if (row == -2) return 0;
    return row == -1 ? initial[size_t(b * units + u)] : states[size_t(row * units + u)];
  }

  static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

  double f(double z) const {
    switch (activation) {
      case ELMAN_TANH:
        return std::tanh(z);
      case ELMAN_RELU:
        return z < 0 ? 0 : z;
      case ELMAN_SIGMOID:
        return sigmoid(z);
      default:
        return z;
    }
  }

  double slope(double h) const {
    switch (activation) {
      case ELMAN_TANH:
        return 1 - h * h;
      case ELMAN_RELU:
        return h <= 0 ? 0 : 1;  // 1 at NaN
      case ELMAN_SIGMOID:
        return h * (1 - h);
      default:
        return 1;
    }
  }

  double recurrent(int64_t t, int64_t b, int64_t gate_row) const {
    double sum = bias.empty() ? 0 : bias[size_t(gate_row)];
    for (int64_t k = 0; k < units; ++k) {
      sum += weight[size_t(gate_row * units + k)] * entering(output, h_0, t, b, k);
    }
    return sum;
  }

  template <class Visit>
  void walk(bool backwards, const Visit& visit) const {
    for (int64_t i = 0; i < steps(); ++i) {
      const int64_t t = reverse != backwards ? steps() - 1 - i : i;
      for (int64_t b = 0; b < counts[size_t(t)]; ++b) visit(t, b);
    }
  }

  void forward() {
    const size_t n = size_t(rows() * units), g = size_t(gate_count());
    output.assign(n, 0), cells.assign(n, 0), candidates.assign(n, 0), gates.assign(n * g, 0);
    h_n = h_0, c_n = c_0;
    walk(false, [&](int64_t t, int64_t b) {
      for (int64_t u = 0; u < units; ++u) step(t, b, u);
    });
  }

  void step(int64_t t, int64_t b, int64_t u) {
    const int64_t row = first(t) + b, at = row * units + u;
    double z[4], r[4];
    for (int64_t g = 0; g < gate_count(); ++g) {
      r[g] = recurrent(t, b, g * units + u);
      z[g] = projected[size_t((row * gate_count() + g) * units + u)] + r[g];
    }
    double gate[4] = {f(z[0]), 0, 0, 0};
    double h = gate[0], c = 0;
    if (cell == ELMAN_CELL_GRU) {
      gate[0] = sigmoid(z[0]), gate[1] = sigmoid(z[1]);
      gate[2] = std::tanh(z[2] - r[2] + gate[0] * r[2]);
      h = (1 - gate[1]) * gate[2] + gate[1] * entering(output, h_0, t, b, u);
      candidates[size_t(at)] = r[2];
    } else if (cell == ELMAN_CELL_LSTM) {
      gate[0] = sigmoid(z[0]), gate[1] = sigmoid(z[1]), gate[2] = std::tanh(z[2]);
      gate[3] = sigmoid(z[3]);
      c = gate[1] * entering(cells, c_0, t, b, u) + gate[0] * gate[2];
      h = gate[3] * std::tanh(c);
      c_n[size_t(b * units + u)] = cells[size_t(at)] = c;
    }
    for (int64_t g = 0; g < gate_count(); ++g) {
      gates[size_t((row * gate_count() + g) * units + u)] = gate[g];
    }
    h_n[size_t(b * units + u)] = output[size_t(at)] = h;
  }

  void backward() {
    const size_t n = size_t(rows() * units), g = size_t(gate_count());
    d_projected.assign(n * g, 0), d_recurrent.assign(n * g, 0);
    states_h = d_output, states_c.assign(n, 0);
    d_h_0.assign(h_0.size(), 0), d_c_0.assign(h_0.size(), 0);
    for (int64_t b = 0; b < batch; ++b) take_last(b);
    walk(true, [&](int64_t t, int64_t b) {
      for (int64_t u = 0; u < units; ++u) derive(t, b, u);
      for (int64_t u = 0; u < units; ++u) descend(t, b, u);
    });
  }

  // The gradient of a sequence's last state goes to its last row, or past an empty sequence.
  void take_last(int64_t b) {
    int64_t t = reverse ? 0 : steps() - 1;
    while (!reverse && t >= 0 && !running(t, b)) --t;
    for (int64_t u = 0; u < units; ++u) {
      const size_t from = size_t(b * units + u);
      const bool runs = running(t, b);
      const size_t to = runs ? size_t((first(t) + b) * units + u) : from;
      (runs ? states_h : d_h_0)[to] += d_h_n[from];
      if (cell == ELMAN_CELL_LSTM) (runs ? states_c : d_c_0)[to] += d_c_n[from];
    }
  }

  void derive(int64_t t, int64_t b, int64_t u) {
    const int64_t row = first(t) + b, at = row * units + u;
    const auto gate = [&](int64_t g) {
      return gates[size_t((row * gate_count() + g) * units + u)];
    };
    const double dh = states_h[size_t(at)];
    double dz[4] = {dh * slope(gate(0)), 0, 0, 0}, dr_last = 0;
    if (cell == ELMAN_CELL_GRU) {
      const double r = gate(0), z = gate(1), fresh = gate(2);
      dz[2] = dh * (1 - z) * (1 - fresh * fresh);
      dz[0] = dz[2] * candidates[size_t(at)] * r * (1 - r);
      dz[1] = dh * (entering(output, h_0, t, b, u) - fresh) * z * (1 - z);
      dr_last = dz[2] * r;
      pass(states_h, d_h_0, t, b, u, dh * z);
    } else if (cell == ELMAN_CELL_LSTM) {
      const double i = gate(0), forget = gate(1), fresh = gate(2), o = gate(3);
      const double squashed = std::tanh(cells[size_t(at)]);
      const double dc = states_c[size_t(at)] += dh * o * (1 - squashed * squashed);
      dz[0] = dc * fresh * i * (1 - i);
      dz[1] = dc * entering(cells, c_0, t, b, u) * forget * (1 - forget);
      dz[2] = dc * i * (1 - fresh * fresh);
      dz[3] = dh * squashed * o * (1 - o);
      pass(states_c, d_c_0, t, b, u, dc * forget);
    }
    for (int64_t g = 0; g < gate_count(); ++g) {
      const size_t to = size_t((row * gate_count() + g) * units + u);
      d_projected[to] = d_recurrent[to] = dz[g];
      if (cell == ELMAN_CELL_GRU && g == 2) d_recurrent[to] = dr_last;
    }
  }

  void descend(int64_t t, int64_t b, int64_t u) {
    double sum = 0;
    for (int64_t k = 0; k < gate_count() * units; ++k) {
      const int64_t row = first(t) + b;
      sum += d_recurrent[size_t(row * gate_count() * units + k)] * weight[size_t(k * units + u)];
    }
    pass(states_h, d_h_0, t, b, u, sum);
  }

  // Adds to the gradient of the state that entered (t, b), unless a reset cut it off.
  void pass(std::vector<double>& states, std::vector<double>& initial, int64_t t, int64_t b,
            int64_t u, double gradient) const {
    const int64_t row = before(t, b);
    if (row >= 0) states[size_t(row * units + u)] += gradient;
    if (row == -1) initial[size_t(b * units + u)] += gradient;
  }
};
