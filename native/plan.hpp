// Who computes what: how one walk is divided into pieces.
#pragma once

#include <cstdint>
#include <vector>

#include "api.h"
#include "kernels.hpp"

namespace elman {

// What a walk costs, in units that the model of plan.cpp understands.
struct Work {
  int32_t element_bytes, lanes;
  int32_t panel_blocks;   // most blocks in a panel
  int32_t block_vectors;  // vectors of columns in a block
  int64_t depth;          // rows of a column
  int64_t inputs = 0;     // of a row that is also projected, from weights nearby

  // Of a packed block whose columns have so many rows, besides the one that sums start from.
  int64_t block_bytes(int64_t rows) const {
    return block_vectors * (rows + 1) * lanes * element_bytes;
  }
};

template <class Arguments>
Work work_of(const elman_scan& scan, const Cell& cell, const Walk<Arguments>& walk,
             int64_t inputs = 0) {
  return {cell.element_bytes,
          cell.lanes,
          walk.panel_blocks,
          walk.block_vectors,
          walk.depth_units * scan.units,
          inputs};
}

struct Plan {
  bool by_units = false;      // pieces share every step, and wait for each other after each
  std::vector<int64_t> cuts;  // of panels, see Panels
  std::vector<Share> shares;  // one a piece; neighbours can be merged into one
  int64_t rows_at_once = 1;   // see Panels
  int64_t poll_steps = 1;     // steps between two looks at the stop callback
};

// Steps whose inputs are projected together: enough rows for tall tiles, few enough to stay near.
int64_t steps_to_project(int64_t steps, int64_t batch);

Plan make_plan(const elman_scan& scan, const Work& work, int threads, bool lockstep);

}  // namespace elman
