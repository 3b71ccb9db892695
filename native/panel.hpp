// Packed weights, and the product that reads them: the one hot loop of this library.
//
// The columns of a weight matrix are taken one vector at a time, and N such vectors make a panel.
// A panel is stored as it is read: a first row that the sums start from (the bias), then one row
// of N vectors for each k. Missing columns at the end are zero.
#pragma once

#include "simd.hpp"

namespace ELMAN_NAMESPACE {

constexpr int widest_panel = 4;  // vectors

// Rows of the widest tile whose sums still leave registers for a row of the panel.
constexpr int tallest_tile(int vectors) {
  const int sums = ELMAN_REGISTERS * 3 / 4 / vectors;
  return sums < 12 ? sums : 12;
}

// tile (R, N vectors) = first row of the panel + a (R, depth) x the panel's other rows.
// Each sum runs over k in order, in one register, whatever R and N are: so a row's bits do not
// depend on the tile it falls into, and hence not on the number of threads.
template <class S, int R, int N>
static void product(const S* a, int64_t stride, int64_t depth, const S* panel, S* tile) {
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
      const Vector<S> factor = broadcast(a[r * stride + k]);
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
using Product = void (*)(const S* a, int64_t stride, int64_t depth, const S* panel, S* tile);

template <class S, int N, int R = tallest_tile(N)>
static Product<S> product_of(int rows) {
  if constexpr (R == 1) {
    return product<S, 1, N>;
  } else {
    return rows == R ? product<S, R, N> : product_of<S, N, R - 1>(rows);
  }
}

template <class S>
static Product<S> product_of(int vectors, int rows) {
  switch (vectors) {
    case 1:
      return product_of<S, 1>(rows);
    case 2:
      return product_of<S, 2>(rows);
    case 3:
      return product_of<S, 3>(rows);
    default:
      return product_of<S, 4>(rows);
  }
}

// Multiplies the rows of `a` by one panel, a tile at a time, and hands each row of sums, N
// vectors, to finish(row, sums) while they are in the first-level cache. Calls expect(row) before
// the product, which takes long enough for what is asked for there to arrive.
template <class S, class Expect, class Finish>
static void multiply(const S* a, int64_t stride, int64_t rows, int64_t depth, const S* panel,
                     int vectors, const Expect& expect, const Finish& finish) {
  alignas(ELMAN_VECTOR_BYTES) S tile[ELMAN_REGISTERS * lanes<S>];
  const int64_t tallest = tallest_tile(vectors);
  const int64_t tiles = (rows + tallest - 1) / tallest;
  for (int64_t i = 0; i < tiles; ++i) {  // of equal height, rather than full ones and a thin rest
    const int64_t begin = rows * i / tiles, end = rows * (i + 1) / tiles;
    for (int64_t row = begin; row < end; ++row) expect(row);
    product_of<S>(vectors, int(end - begin))(a + begin * stride, stride, depth, panel, tile);
    for (int64_t row = begin; row < end; ++row) {
      finish(row, tile + (row - begin) * vectors * lanes<S>);
    }
  }
}

// Writes `depth` rows of one vector of columns into a panel of `vectors`. Lane l of row k is read
// at from + k * row_stride + l * lane_stride; lanes that are not `live` are zero.
template <class S>
static void pack_column(const S* from, int64_t row_stride, int64_t lane_stride, int live,
                        int64_t depth, int vectors, S* to) {
  for (int64_t k = 0; k < depth; ++k, to += vectors * lanes<S>) {
    for (int lane = 0; lane < live; ++lane) to[lane] = from[k * row_stride + lane * lane_stride];
    for (int lane = live; lane < lanes<S>; ++lane) to[lane] = S(0);
  }
}

}  // namespace ELMAN_NAMESPACE
