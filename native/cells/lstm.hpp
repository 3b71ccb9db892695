// Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000:
// c' = f c + i g, h' = o tanh(c').
#pragma once

#include "state.hpp"

namespace ELMAN_NAMESPACE {

template <class Element>
struct Lstm {
  using S = Element;
  using V = Vector<S>;
  static constexpr int gates = 4, columns = 4;
  static constexpr int gate_of_column[] = {0, 1, 2, 3};
  static constexpr bool carries_c = true, needs_h = false, keeps_candidate = false;

  static void step(const V* x, const V* r, State<S>& state, V* gate) {
    const V i = gate[0] = sigmoid<S>(x[0] + r[0]);
    const V f = gate[1] = sigmoid<S>(x[1] + r[1]);
    const V g = gate[2] = tanh<S>(x[2] + r[2]);
    const V o = gate[3] = sigmoid<S>(x[3] + r[3]);
    state.c = f * state.c + i * g;
    state.h = o * tanh<S>(state.c);
  }

  static State<S> back(const Kept<S>& kept, State<S>& d, V* column) {
    const V i = kept.gate[0], f = kept.gate[1], g = kept.gate[2], o = kept.gate[3];
    const V squashed = tanh<S>(kept.c);  // cheaper to compute again than to keep
    d.c = d.c + d.h * o * (S(1) - squashed * squashed);
    column[0] = d.c * g * i * (S(1) - i);
    column[1] = d.c * kept.before.c * f * (S(1) - f);
    column[2] = d.c * i * (S(1) - g * g);
    column[3] = d.h * squashed * o * (S(1) - o);
    return {V{}, d.c * f};
  }
};

}  // namespace ELMAN_NAMESPACE
