// What passes from step to step, and what a step leaves behind for its derivative.
#pragma once

#include "../math.hpp"

namespace ELMAN_NAMESPACE {

template <class S>
struct State {
  Vector<S> h, c;  // c is unused by cells that carry only h
};

template <class S>
struct Kept {
  Vector<S> gate[4];
  State<S> before;      // h and c entering the step, where the cell asks for them
  Vector<S> c;          // c leaving it
  Vector<S> candidate;  // GRU: V_n h + b_n
};

}  // namespace ELMAN_NAMESPACE
