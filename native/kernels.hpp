// What the code of one instruction set offers to the rest, and what it is given.
//
// Declarations only: a function defined here would be compiled for every set (see simd.hpp).
#pragma once

#include "api.h"

namespace elman {

// Packed weights. The H units are taken in blocks of one vector; panel i holds the blocks
// cuts[i] .. cuts[i+1].
struct Panels {
  const int64_t* cuts;
  int64_t count;
  void* data;
  // Room for one panel only: each is packed just before its single use. A walk of one step reads
  // the weights once that way, instead of twice and writing them once.
  bool one_by_one;
  // A step takes so many rows through all panels before it takes the next: few where the weights
  // stay near, since rows are then read in larger stretches; all where weights come from afar.
  int64_t rows_at_once;
  // For a walk that projects its own inputs: panels of U, cut as those of V, and room for the
  // projections of so many steps, (steps, B, G*H), where they are not kept as gates.
  void* inputs;
  void* projected;
  int64_t projected_steps;
};

// What one piece of a walk computes: these sequences, these units (given by panels), all steps.
struct Share {
  int64_t row_begin, row_end;
  int64_t panel_begin, panel_end;
};

// How the pieces of one walk keep step with each other, and learn that they should stop.
class Pace;

// Called by each piece after each step. Waits for the other pieces where the walk is divided by
// units; false: leave at once, the walk has been stopped.
bool keep_pace(Pace& pace, int64_t step);

// One direction of one cell. `Arguments` is elman_forward or elman_backward.
template <class Arguments>
struct Walk {
  int32_t panel_blocks;   // most blocks in a panel
  int32_t block_vectors;  // vectors of columns in a block
  int32_t depth_units;    // each column has depth_units * H rows, and a first one
  void (*pack)(const elman_scan&, const Arguments&, const Panels&, int64_t begin, int64_t end);
  void (*walk)(const elman_scan&, const Arguments&, const Panels&, const Share&, Pace&);
};

// What rows are multiplied by: (n, depth) become (n, columns).
struct Matrix {
  const void* weight;  // (columns, depth)
  const void* bias;    // (columns,) added to each row, or NULL
  int64_t columns, depth;
};

// The product of rows with a matrix that is packed once: `packed` holds the columns, rounded up to
// whole vectors, times depth + 1.
struct Projection {
  void (*pack)(const Matrix&, void* packed);
  // From `rows`, `stride` elements apart, to `results`, whose rows are whole vectors too.
  void (*run)(const Matrix&, const void* packed, const void* rows, int64_t stride, int64_t count,
              void* results);
};

// leftᵀ right: of those rows of the product that vectors begin .. end of left's columns make.
struct Transposed {
  int64_t (*memory_bytes)(const elman_transposed&);
  void (*run)(const elman_transposed&, int64_t begin, int64_t end, void* memory);
};

// Rows begin .. end of a cross entropy; what they add to d_bias goes to `bias_sums`, or NULL.
using Softmax = void (*)(const elman_cross_entropy&, int64_t begin, int64_t end, void* bias_sums);

struct Cell {
  int32_t element_bytes, lanes;
  Projection projection;
  Transposed transposed;
  Softmax softmax;
  Walk<elman_forward> forward;
  Walk<elman_backward> backward;
};

struct InstructionSet {
  const char* name;
  bool (*runs_here)();
  const Cell* (*cell)(const elman_scan&);  // NULL: no such cell, activation or element type
};

}  // namespace elman
