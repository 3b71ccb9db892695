// Elman 1990: h' = f(U x + V h).
//
// In each cell x holds U x + b by gate and r holds V h + b' by gate.
#pragma once

#include "state.hpp"

namespace ELMAN_NAMESPACE {

template <class S>
struct Tanh {
  static Vector<S> value(Vector<S> z) { return tanh<S>(z); }
  static Vector<S> slope(Vector<S> h) { return S(1) - h * h; }
};

template <class S>
struct Relu {
  static Vector<S> value(Vector<S> z) { return z < S(0) ? Vector<S>{} : z; }  // NaN stays NaN
  static Vector<S> slope(Vector<S> h) {  // 1 at NaN, as torch has it
    return h <= S(0) ? Vector<S>{} : broadcast(S(1));
  }
};

template <class S>
struct Sigmoid {
  static Vector<S> value(Vector<S> z) { return sigmoid<S>(z); }
  static Vector<S> slope(Vector<S> h) { return h * (S(1) - h); }
};

template <class S>
struct Identity {
  static Vector<S> value(Vector<S> z) { return z; }
  static Vector<S> slope(Vector<S>) { return broadcast(S(1)); }
};

template <class Element, template <class> class F>
struct Elman {
  using S = Element;
  using V = Vector<S>;
  static constexpr int gates = 1, columns = 1;  // columns: of a row of d_recurrent
  static constexpr int gate_of_column[] = {0};
  static constexpr bool carries_c = false, needs_h = false, keeps_candidate = false;

  static void step(const V* x, const V* r, State<S>& state, V* gate) {
    state.h = gate[0] = F<S>::value(x[0] + r[0]);
  }

  // d comes in as dL/dh' and dL/dc' from outside and leaves as their totals; the result is what
  // reaches h and c other than through V.
  static State<S> back(const Kept<S>& kept, State<S>& d, V* column) {
    column[0] = d.h * F<S>::slope(kept.gate[0]);
    return {V{}, V{}};
  }
};

}  // namespace ELMAN_NAMESPACE
