// Packed weights, and the product that reads them: the one hot loop of this library.
//
// The columns of a weight matrix are taken one vector at a time, and N such vectors make a panel.
// A panel is stored as it is read: a first row that the sums start from (the bias), then one row
// of N vectors for each k. Missing columns at the end are zero.
#pragma once

#include "simd.hpp"

namespace ELMAN_NAMESPACE {

constexpr int widest_panel = 4;  // vectors

ELMAN_INLINE int64_t at_most(int64_t value, int64_t limit) { return value < limit ? value : limit; }

// Lanes of a block that are columns; the last block may have some that are not.
template <class S>
ELMAN_INLINE int live_lanes(int64_t block, int64_t columns) {
  return int(at_most(lanes<S>, columns - block * lanes<S>));
}

// Rows of the widest tile whose sums still leave registers for a row of the panel.
constexpr int tallest_tile(int vectors) {
  const int sums = ELMAN_REGISTERS * 3 / 4 / vectors;
  return sums < 12 ? sums : 12;
}

// How the kernel below reads a (R, depth): from rows, or from a vector of columns that is packed.
template <class S>
struct RowFactors {
  const S* a;
  int64_t stride;
  __attribute__((always_inline)) S at(int r, int64_t k) const { return a[r * stride + k]; }
};

template <class S>
struct PackedFactors {
  const S* a;
  __attribute__((always_inline)) S at(int r, int64_t k) const { return a[k * lanes<S> + r]; }
};

// tile (R, N vectors) = first row of the panel + a (R, depth) x the panel's other rows.
// Each sum runs over k in order, in one register, whatever R and N are: so a row's bits do not
// depend on the tile it falls into, and hence not on the number of threads.
template <class S, int R, int N, class Factors>
static void product(const Factors& a, int64_t depth, const S* panel, S* tile) {
  Vector<S> sum[R][N];
  ELMAN_UNROLL
  for (int r = 0; r < R; ++r) {
    ELMAN_UNROLL
    for (int n = 0; n < N; ++n) sum[r][n] = load(panel + n * lanes<S>);
  }
  for (int64_t k = 0; k < depth; ++k) {
    panel += N * lanes<S>;
    Vector<S> column[N];
    ELMAN_UNROLL
    for (int n = 0; n < N; ++n) column[n] = load(panel + n * lanes<S>);
    ELMAN_UNROLL
    for (int r = 0; r < R; ++r) {
      const Vector<S> factor = broadcast(a.at(r, k));
      ELMAN_UNROLL
      for (int n = 0; n < N; ++n) sum[r][n] = fma(factor, column[n], sum[r][n]);
    }
  }
  ELMAN_UNROLL
  for (int r = 0; r < R; ++r) {
    ELMAN_UNROLL
    for (int n = 0; n < N; ++n) store(tile + (r * N + n) * lanes<S>, sum[r][n]);
  }
}

template <class S>
using Product = void (*)(const RowFactors<S>& a, int64_t depth, const S* panel, S* tile);

template <class S, int N, int R = tallest_tile(N)>
static Product<S> product_of(int rows) {
  if constexpr (R == 1) {
    return product<S, 1, N, RowFactors<S>>;
  } else {
    return rows == R ? product<S, R, N, RowFactors<S>> : product_of<S, N, R - 1>(rows);
  }
}

template <int N>
struct Vectors {
  static constexpr int count = N;
};

// What `choose` makes of Vectors<N> where N, 1 to the widest, is known only at run time.
template <class Choose>
static auto for_width(int vectors, const Choose& choose) {
  switch (vectors) {
    case 1:
      return choose(Vectors<1>{});
    case 2:
      return choose(Vectors<2>{});
    case 3:
      return choose(Vectors<3>{});
    default:
      return choose(Vectors<widest_panel>{});
  }
}

// Multiplies the rows of `a` by one panel, a tile at a time, and hands the sums of each tile,
// N vectors a row, to finish(first_row, end_row, sums) while they are in the first-level cache.
// Calls expect(row) before the product, which takes long enough for what is asked for there to
// arrive.
template <class S, class Expect, class Finish>
static void multiply(const S* a, int64_t stride, int64_t rows, int64_t depth, const S* panel,
                     int vectors, const Expect& expect, const Finish& finish) {
  alignas(ELMAN_VECTOR_BYTES) S tile[ELMAN_REGISTERS * lanes<S>];
  const int64_t tallest = tallest_tile(vectors);
  const auto product_of_tile = [&](int tile_rows) {
    return for_width(vectors, [&](auto width) { return product_of<S, width.count>(tile_rows); });
  };
  const int64_t tiles = (rows + tallest - 1) / tallest;
  for (int64_t i = 0; i < tiles; ++i) {  // of equal height, rather than full ones and a thin rest
    const int64_t begin = rows * i / tiles, end = rows * (i + 1) / tiles;
    for (int64_t row = begin; row < end; ++row) expect(row);
    product_of_tile(int(end - begin))({a + begin * stride, stride}, depth, panel, tile);
    finish(begin, end, tile);
  }
}

constexpr int64_t few_rows = 2;  // for which packing the weights does not pay

// The sums of one row with one vector of columns that is not packed: lane l's stands at
// weight + l * depth, its first term at bias + l or, without one, 0. The other lanes are left.
template <class S>
static void multiply_unpacked(const S* a, int64_t depth, const S* weight, const S* bias, int live,
                              S* sums) {
  constexpr int at_once = 4;
  const int64_t whole = depth / lanes<S> * lanes<S>;
  for (int lane = 0; lane < live; lane += at_once) {
    const S* column[at_once];
    Vector<S> sum[at_once];
    for (int i = 0; i < at_once; ++i) {  // past the last one, that again
      column[i] = weight + at_most(lane + i, live - 1) * depth;
      sum[i] = Vector<S>{};
    }
    for (int64_t k = 0; k < whole; k += lanes<S>) {
      const Vector<S> x = load(a + k);
      ELMAN_UNROLL
      for (int i = 0; i < at_once; ++i) sum[i] = fma(load(column[i] + k), x, sum[i]);
    }
    for (int i = 0; i < at_once && lane + i < live; ++i) {
      S total = bias ? bias[lane + i] : S(0);
      for (int l = 0; l < lanes<S>; ++l) total += sum[i][l];
      for (int64_t k = whole; k < depth; ++k) total += column[i][k] * a[k];
      sums[lane + i] = total;
    }
  }
}

// The three functions that follow write one vector of columns into a panel of `vectors`, each the
// first row at `to`. Of its lanes only the first `live` are columns; the others become zero.

// One row, the same as at `from`, or zero if that is NULL.
template <class S>
static void pack_row(const S* from, int live, S* to) {
  store(to, from ? load(from, live) : Vector<S>{});
}

// `depth` rows, of which row k stands at from + k * stride.
template <class S>
static void pack_straight(const S* from, int64_t stride, int live, int64_t depth, int vectors,
                          S* to) {
  for (int64_t k = 0; k < depth; ++k)
    store(to + k * vectors * lanes<S>, load(from + k * stride, live));
}

// `depth` rows, of which lane l stands, over all rows, at from + l * stride.
template <class S>
static void pack_transposed(const S* from, int64_t stride, int live, int64_t depth, int vectors,
                            S* to) {
  for (int64_t k = 0; k < depth; k += lanes<S>) {
    const int rows = int(at_most(lanes<S>, depth - k));
    const S* corner = from + k;
    int64_t apart = stride;
    alignas(ELMAN_VECTOR_BYTES) S ragged[lanes<S> * lanes<S>];
    if (live < lanes<S> || rows < lanes<S>) {
      for (int lane = 0; lane < lanes<S>; ++lane) {
        store(ragged + lane * lanes<S>,
              lane < live ? load(corner + lane * stride, rows) : Vector<S>{});
      }
      corner = ragged, apart = lanes<S>;
    }
    Vector<S> block[lanes<S>];  // in registers, while every index is a constant
    ELMAN_UNROLL
    for (int lane = 0; lane < lanes<S>; ++lane) block[lane] = load(corner + lane * apart);
    transpose<S>(block);
    ELMAN_UNROLL
    for (int row = 0; row < lanes<S>; ++row) {
      if (row < rows) store(to + (k + row) * vectors * lanes<S>, block[row]);
    }
  }
}

}  // namespace ELMAN_NAMESPACE
