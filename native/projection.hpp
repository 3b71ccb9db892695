// Rows times a packed matrix: U x + b of some steps at once.
#pragma once

#include "kernels.hpp"
#include "panel.hpp"

namespace ELMAN_NAMESPACE {

using elman::Matrix;

template <class S>
struct Projector {
  // Calls visit(first block, blocks, panel) for each panel.
  template <class Packed, class Visit>
  static void each_panel(const Matrix& matrix, Packed* panel, const Visit& visit) {
    const int64_t blocks = (matrix.columns + lanes<S> - 1) / lanes<S>;
    for (int64_t block = 0; block < blocks; block += widest_panel) {
      const int vectors = int(at_most(blocks - block, widest_panel));
      visit(block, vectors, panel);
      panel += vectors * lanes<S> * (matrix.depth + 1);
    }
  }

  static void pack(const Matrix& matrix, void* packed) {
    const S* weight = static_cast<const S*>(matrix.weight);
    const S* bias = static_cast<const S*>(matrix.bias);
    each_panel(matrix, static_cast<S*>(packed), [&](int64_t block, int vectors, S* panel) {
      for (int v = 0; v < vectors; ++v) {
        const int64_t first = (block + v) * lanes<S>;
        const int live = live_lanes<S>(block + v, matrix.columns);
        pack_row(bias ? bias + first : nullptr, live, panel + v * lanes<S>);
        pack_transposed(weight + first * matrix.depth, matrix.depth, live, matrix.depth, vectors,
                        panel + (vectors + v) * lanes<S>);
      }
    });
  }

  static void run(const Matrix& matrix, const void* packed, const void* rows, int64_t stride,
                  int64_t count, void* results) {
    const int64_t width = (matrix.columns + lanes<S> - 1) / lanes<S> * lanes<S>;
    each_panel(matrix, static_cast<const S*>(packed),
               [&](int64_t block, int vectors, const S* panel) {
                 S* to = static_cast<S*>(results) + block * lanes<S>;
                 multiply(
                     static_cast<const S*>(rows), stride, count, matrix.depth, panel, vectors,
                     [](int64_t) {},
                     [&](int64_t row, int64_t row_end, const S* sums) {
                       for (; row < row_end; ++row) {
                         for (int v = 0; v < vectors; ++v, sums += lanes<S>) {
                           store(to + row * width + v * lanes<S>, load(sums));
                         }
                       }
                     });
               });
  }
};

}  // namespace ELMAN_NAMESPACE
