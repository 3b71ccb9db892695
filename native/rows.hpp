// Where the rows of each step lie, which row follows which, and where a reset cuts between them.
#pragma once

#include "api.h"

namespace ELMAN_NAMESPACE {

struct Rows {
  const elman_scan& scan;

  int64_t first(int64_t t) const { return scan.offsets ? scan.offsets[t] : t * scan.batch; }

  int64_t count(int64_t t) const {
    if (t < 0 || t >= scan.steps) return 0;
    return scan.offsets ? scan.offsets[t + 1] - scan.offsets[t] : scan.batch;
  }

  // The step that the walk makes i-th.
  int64_t step(int64_t i) const { return scan.reverse ? scan.steps - 1 - i : i; }
  int64_t step_after(int64_t t) const { return scan.reverse ? t - 1 : t + 1; }
  int64_t step_before(int64_t t) const { return scan.reverse ? t + 1 : t - 1; }

  // Whether the walk meets sequence b at all at step t.
  bool running(int64_t t, int64_t b) const { return b < count(t); }

  // Whether a reset lies between sequence b's step t and the one walked before it. A mark on a
  // row cuts it off from the row of the step before, from whichever side the walk comes.
  bool cut_before(int64_t t, int64_t b) const {
    if (!scan.resets) return false;
    const int64_t later = scan.reverse ? t + 1 : t;
    return running(later, b) && scan.resets[first(later) + b];
  }
};

}  // namespace ELMAN_NAMESPACE
