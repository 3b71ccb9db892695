// What the walks through time, forward and back, have in common.
//
// A piece of a walk (`Share`) owns some sequences and some units: it alone computes and writes
// their numbers. The h of all units of its sequences is read from the rows that earlier steps
// wrote, by whichever piece.
#pragma once

#include "cells/elman.hpp"
#include "cells/gru.hpp"
#include "cells/lstm.hpp"
#include "kernels.hpp"
#include "panel.hpp"
#include "rows.hpp"

namespace ELMAN_NAMESPACE {

using elman::Matrix;
using elman::Panels;
using elman::Share;

// Of all panels in `memory`, the i-th, whose columns have `depth` rows after the first.
template <class S>
static S* panel_at(void* memory, const Panels& panels, int64_t i, int block_vectors,
                   int64_t depth) {
  const int64_t before = panels.one_by_one ? 0 : panels.cuts[i];
  return static_cast<S*>(memory) + before * block_vectors * (depth + 1) * lanes<S>;
}

template <class S>
ELMAN_INLINE const S* in(const void* array) {
  return static_cast<const S*>(array);
}

template <class S>
ELMAN_INLINE S* out(void* array) {
  return static_cast<S*>(array);
}

}  // namespace ELMAN_NAMESPACE
