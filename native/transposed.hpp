// leftᵀ right, summed over all rows of a walk: the gradient of a weight.
#pragma once

#include "kernels.hpp"
#include "panel.hpp"

namespace ELMAN_NAMESPACE {

// The columns of `left` become the rows of the product. They are taken one vector at a time, and
// packed as panels of one vector are; those of `right` in panels of N vectors. Both only for as
// many rows as let a panel stay in the first-level cache while some of the former pass by it, and
// those in the second-level one.
template <class S>
struct Transposed {
  // A tile's rows divide a vector, and its sums leave registers for a row of the panel.
  static constexpr int R = lanes<S> < 4                             ? int(lanes<S>)
                           : lanes<S> >= 8 && ELMAN_REGISTERS >= 32 ? 8
                                                                    : 4;
  static constexpr int fitting = ELMAN_REGISTERS * 3 / 4 / R;
  static constexpr int N = fitting < widest_panel ? fitting : widest_panel;
  static constexpr int64_t depth_at_once = (24 << 10) / (N * ELMAN_VECTOR_BYTES);
  static constexpr int64_t left_at_once = (96 << 10) / (depth_at_once * ELMAN_VECTOR_BYTES);

  static constexpr int64_t right_bytes = 4 << 20, near_bytes = 384 << 10;

  const elman_transposed& product;
  const int64_t begin, end;  // vectors of `left` whose products are wanted
  S* const packed_right;
  S* const packed_left;

  static int64_t vectors(int64_t columns) { return (columns + lanes<S> - 1) / lanes<S>; }

  // Cuts of the rows: packed together as far as there is room, and so many in all.
  static int64_t cuts(const elman_transposed& product) {
    return (product.rows + depth_at_once - 1) / depth_at_once;
  }
  static int64_t right_size(const elman_transposed& product) {  // of one cut
    const int64_t depth = at_most(product.rows, depth_at_once);
    return vectors(product.right_columns) * lanes<S> * (depth + 1);
  }
  static int64_t cuts_at_once(const elman_transposed& product) {
    const int64_t sums = product.left_columns * product.right_columns * int64_t(sizeof(S));
    if (sums <= near_bytes) return 1;  // they stay near from cut to cut
    const int64_t fitting = right_bytes / (right_size(product) * int64_t(sizeof(S)));
    return at_most(cuts(product), fitting > 1 ? fitting : 1);
  }

  static int64_t memory_bytes(const elman_transposed& product) {
    const int64_t left = left_at_once * lanes<S> * at_most(product.rows, depth_at_once);
    return (cuts_at_once(product) * right_size(product) + left) * int64_t(sizeof(S));
  }

  static void run(const elman_transposed& product, int64_t begin, int64_t end, void* memory) {
    const DenormalsFlushed flushed;
    S* const right = static_cast<S*>(memory);
    S* const left = right + cuts_at_once(product) * right_size(product);
    const Transposed job{product, begin, end, right, left};
    const int64_t all = cuts(product), at_once = cuts_at_once(product);
    for (int64_t cut = 0; cut < all; cut += at_once) job.run(cut, at_most(cut + at_once, all));
  }

  int64_t start_of(int64_t cut) const { return product.rows * cut / cuts(product); }

  // What the rows of some cuts contribute.
  void run(int64_t first_cut, int64_t end_cut) const {
    const auto right_of = [&](int64_t cut) {
      return packed_right + (cut - first_cut) * right_size(product);
    };
    for (int64_t cut = first_cut; cut < end_cut; ++cut) {
      pack_right(start_of(cut), start_of(cut + 1) - start_of(cut), right_of(cut));
    }
    for (int64_t from = begin; from < end; from += left_at_once) {
      const int64_t to = at_most(from + left_at_once, end);
      for (int64_t cut = first_cut; cut < end_cut; ++cut) {  // the sums stay near meanwhile
        const int64_t count = start_of(cut + 1) - start_of(cut);
        pack_left(start_of(cut), count, from, to);
        each_panel(count, right_of(cut), [&](int64_t first, int width, S* panel) {
          for (int64_t v = from; v < to; ++v) {
            add(v, packed_left + (v - from) * count * lanes<S>, count, first, width, panel,
                cut > 0 || product.adds);
          }
        });
      }
    }
  }

  // Calls visit(first vector, vectors, panel) for panels of nearly equal width.
  template <class Visit>
  void each_panel(int64_t count, S* packed, const Visit& visit) const {
    const int64_t all = vectors(product.right_columns), panels = (all + N - 1) / N;
    for (int64_t i = 0; i < panels; ++i) {
      const int64_t first = all * i / panels, next = all * (i + 1) / panels;
      visit(first, int(next - first), packed + first * lanes<S> * (count + 1));
    }
  }

  void pack_right(int64_t k, int64_t count, S* packed) const {
    const S* rows = static_cast<const S*>(product.right) + k * product.right_stride;
    each_panel(count, packed, [&](int64_t first, int width, S* panel) {
      for (int n = 0; n < width; ++n) {
        const int live = live_lanes<S>(first + n, product.right_columns);
        pack_row<S>(nullptr, live, panel + n * lanes<S>);
        pack_straight(rows + (first + n) * lanes<S>, product.right_stride, live, count, width,
                      panel + (width + n) * lanes<S>);
      }
    });
  }

  void pack_left(int64_t k, int64_t count, int64_t from, int64_t to) const {
    const S* rows = static_cast<const S*>(product.left) + k * product.left_stride;
    for (int64_t v = from; v < to; ++v) {
      pack_straight(rows + v * lanes<S>, product.left_stride,
                    live_lanes<S>(v, product.left_columns), count, 1,
                    packed_left + (v - from) * count * lanes<S>);
    }
  }

  // Adds what `count` rows contribute to the products of one vector of `left` with one panel, or
  // begins with it.
  void add(int64_t v, const S* left, int64_t count, int64_t first, int width, const S* panel,
           bool more) const {
    alignas(ELMAN_VECTOR_BYTES) S tile[R * N * lanes<S>];
    const int live = live_lanes<S>(v, product.left_columns);
    for (int row = 0; row < live; row += R) {
      const int rows = int(at_most(R, live - row));
      if (more) fetch(v * lanes<S> + row, rows, first, width);
      product_of_width(width)({left + row}, count, panel, tile);
      for (int r = 0; r < rows; ++r) {
        S* to = static_cast<S*>(product.sums) + (v * lanes<S> + row + r) * product.right_columns +
                first * lanes<S>;
        for (int n = 0; n < width; ++n) {
          const int wide = live_lanes<S>(first + n, product.right_columns);
          const Vector<S> sum = load(tile + (r * width + n) * lanes<S>);
          S* at = to + n * lanes<S>;
          store(at, more ? load(at, wide) + sum : sum, wide);
        }
      }
    }
  }

  // Brings what the sums will be added to from far away, while they are computed.
  void fetch(int64_t row, int rows, int64_t first, int width) const {
    const S* sums = static_cast<const S*>(product.sums) + first * lanes<S>;
    if ((first + width) * lanes<S> > product.right_columns) return;
    for (int r = 0; r < rows; ++r) {
      for (int n = 0; n < width; ++n)
        touch(sums + (row + r) * product.right_columns + n * lanes<S>);
    }
  }

  using Run = void (*)(const PackedFactors<S>&, int64_t depth, const S* panel, S* tile);
  static Run product_of_width(int width) {
    return for_width(width, [](auto vectors) -> Run {
      constexpr int columns = vectors.count < N ? vectors.count : N;
      return ::ELMAN_NAMESPACE::product<S, R, columns, PackedFactors<S>>;
    });
  }
};

}  // namespace ELMAN_NAMESPACE
