// Cho et al. 2014, with the reset gate applied after the product, as in torch and cuDNN:
// h' = (1 - z) n + z h, n = tanh(x_n + r (V_n h + b_n)).
#pragma once

#include "state.hpp"

namespace ELMAN_NAMESPACE {

template <class Element>
struct Gru {
  using S = Element;
  using V = Vector<S>;
  static constexpr int gates = 3, columns = 4;  // n of d_recurrent, then r, z, n of d_projected
  static constexpr int gate_of_column[] = {2, 0, 1};
  static constexpr bool carries_c = false, needs_h = true, keeps_candidate = true;

  static void step(const V* x, const V* r, State<S>& state, V* gate) {
    const V reset = gate[0] = sigmoid<S>(x[0] + r[0]);
    const V update = gate[1] = sigmoid<S>(x[1] + r[1]);
    const V fresh = gate[2] = tanh<S>(x[2] + reset * r[2]);
    state.h = (S(1) - update) * fresh + update * state.h;
  }

  static State<S> back(const Kept<S>& kept, State<S>& d, V* column) {
    const V reset = kept.gate[0], update = kept.gate[1], fresh = kept.gate[2];
    const V d_fresh = d.h * (S(1) - update) * (S(1) - fresh * fresh);
    column[0] = d_fresh * reset;
    column[1] = d_fresh * kept.candidate * reset * (S(1) - reset);
    column[2] = d.h * (kept.before.h - fresh) * update * (S(1) - update);
    column[3] = d_fresh;
    return {d.h * update, V{}};
  }
};

}  // namespace ELMAN_NAMESPACE
