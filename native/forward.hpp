// The walk forward: from inputs, or their projections, to every state.
#pragma once

#include "scan.hpp"

namespace ELMAN_NAMESPACE {

template <class Cell>
struct Forward {
  using S = typename Cell::S;
  static constexpr int gates = Cell::gates;
  static constexpr int panel_blocks = gates < widest_panel ? widest_panel / gates : 1;

  const elman_scan& scan;
  const elman_forward& arrays;
  const Panels& panels;
  const Share& share;
  const Rows rows{scan};
  const int64_t units = scan.units;
  // Whether a row's state is stored once more, as what enters the next row.
  const bool copies_h = !one_step_apart(arrays.output, arrays.previous);
  const bool copies_c = arrays.cells && !one_step_apart(arrays.cells, arrays.previous_cells);
  const bool stores_gates = arrays.gates && arrays.gates != arrays.output;

  // By the rows of the whole step, not of this piece: the order of summation hangs on it.
  const bool unpacked = panels.one_by_one && scan.batch <= few_rows;

  const bool projects = arrays.x;
  const int64_t projected_stride = projects ? gates * units : arrays.projected_stride;
  // Of the step that is being walked: U x + b of sequence 0, from where the others' follow.
  const S* projected = nullptr;

  bool one_step_apart(const void* state, const void* previous) const {
    const int64_t step = scan.reverse ? -scan.batch : scan.batch;
    return in<S>(state) == in<S>(previous) + step * units;
  }

  static Matrix recurrent(const elman_scan& scan, const elman_forward& arrays) {
    return {arrays.weight, arrays.bias, scan.units, scan.units};
  }
  static Matrix inputs(const elman_scan& scan, const elman_forward& arrays) {
    return {arrays.input_weight, arrays.input_bias, scan.units, arrays.inputs};
  }

  static void pack(const elman_scan& scan, const elman_forward& arrays, const Panels& panels,
                   int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      pack(recurrent(scan, arrays), panels, i, panels.data);
      if (arrays.x) pack(inputs(scan, arrays), panels, i, panels.inputs);
    }
  }

  // Panel i, unit by unit: column g of block u leads into gate g of its units. The matrix has
  // `columns` for every gate.
  static const S* pack(const Matrix& matrix, const Panels& panels, int64_t i, void* memory) {
    const int vectors = int(panels.cuts[i + 1] - panels.cuts[i]) * gates;
    S* const panel = panel_at<S>(memory, panels, i, gates, matrix.depth);
    S* column = panel;
    each_vector(matrix, panels, i, [&](const S* weight, const S* bias, int live) {
      pack_row(bias, live, column);
      pack_transposed(weight, matrix.depth, live, matrix.depth, vectors,
                      column + vectors * lanes<S>);
      column += lanes<S>;
    });
    return panel;
  }

  // Calls visit(weight, bias or NULL, live lanes) for each vector of columns of panel i.
  template <class Visit>
  static void each_vector(const Matrix& matrix, const Panels& panels, int64_t i,
                          const Visit& visit) {
    for (int64_t block = panels.cuts[i]; block < panels.cuts[i + 1]; ++block) {
      const int live = live_lanes<S>(block, matrix.columns);
      for (int g = 0; g < gates; ++g) {
        const int64_t row = g * matrix.columns + block * lanes<S>;
        visit(in<S>(matrix.weight) + row * matrix.depth,
              matrix.bias ? in<S>(matrix.bias) + row : nullptr, live);
      }
    }
  }

  // Multiplies rows by panel i of a matrix, whose panels, packed or to be packed, are in `memory`.
  template <class Expect, class Finish>
  void multiply_panel(const Matrix& matrix, void* memory, int64_t i, const S* a, int64_t stride,
                      int64_t count, const Expect& expect, const Finish& finish) const {
    const int vectors = int(panels.cuts[i + 1] - panels.cuts[i]) * gates;
    if (unpacked) {
      alignas(ELMAN_VECTOR_BYTES) S sums[few_rows * widest_panel * lanes<S>] = {};
      for (int64_t row = 0; row < count; ++row) {
        S* to = sums + row * vectors * lanes<S>;
        each_vector(matrix, panels, i, [&](const S* weight, const S* bias, int live) {
          multiply_unpacked(a + row * stride, matrix.depth, weight, bias, live, to);
          to += lanes<S>;
        });
      }
      finish(0, count, sums);
      return;
    }
    const S* panel = panels.one_by_one ? pack(matrix, panels, i, memory)
                                       : panel_at<S>(memory, panels, i, gates, matrix.depth);
    multiply(a, stride, count, matrix.depth, panel, vectors, expect, finish);
  }

  // Puts the first states where the first rows look for them.
  void enter() const {
    const int64_t begin = panels.cuts[share.panel_begin] * lanes<S>;
    const int64_t end = at_most(panels.cuts[share.panel_end] * lanes<S>, units);
    int64_t t = rows.step(0);
    for (int64_t b = share.row_begin; b < at_most(share.row_end, rows.count(0)); ++b) {
      while (!rows.running(t, b)) --t;  // in reverse, shorter sequences enter later
      const int64_t row = rows.first(t) + b;
      const bool cut = rows.cut_before(t, b);
      for (int64_t u = begin; u < end; ++u) {
        out<S>(arrays.previous)[row * units + u] = cut ? S(0) : in<S>(arrays.h_n)[b * units + u];
        if (!Cell::carries_c) continue;
        S& c = out<S>(arrays.c_n)[b * units + u];
        if (cut) c = S(0);
        if (arrays.cells) out<S>(arrays.previous_cells)[row * units + u] = c;
      }
    }
  }

  // Where the projections of step t go, of a chunk whose earliest step is `low`.
  S* projection_of(int64_t t, int64_t low) const {
    if (arrays.gates) return out<S>(arrays.gates) + rows.first(t) * gates * units;
    return out<S>(panels.projected) + (t - low) * scan.batch * gates * units;
  }

  // U x + b of steps low .. high of this piece's rows and units.
  void project(int64_t low, int64_t high) const {
    const bool whole = !scan.offsets && share.row_begin == 0 && share.row_end >= scan.batch;
    for (int64_t i = share.panel_begin; i < share.panel_end; ++i) {
      if (whole) {  // rows of all its steps follow each other
        project(rows.first(low), (high - low) * scan.batch, i, projection_of(low, low));
        continue;
      }
      for (int64_t t = low; t < high; ++t) {
        const int64_t b = share.row_begin, b_end = at_most(share.row_end, rows.count(t));
        if (b >= b_end) continue;
        project(rows.first(t) + b, b_end - b, i, projection_of(t, low) + b * gates * units);
      }
    }
  }

  // U x + b of some rows and of the units of panel i.
  void project(int64_t first, int64_t count, int64_t i, S* to) const {
    const int64_t begin = panels.cuts[i], end = panels.cuts[i + 1];
    multiply_panel(
        inputs(scan, arrays), panels.inputs, i, in<S>(arrays.x) + first * arrays.x_stride,
        arrays.x_stride, count, [](int64_t) {},
        [&](int64_t row, int64_t row_end, const S* sums) {
          for (; row < row_end; ++row) {
            for (int64_t block = begin; block < end; ++block) {
              S* gate = to + row * gates * units + block * lanes<S>;
              const int live = live_lanes<S>(block, units);
              for (int g = 0; g < gates; ++g, sums += lanes<S>) {
                store(gate + g * units, load(sums), live);
              }
            }
          }
        });
  }

  void step(int64_t t) const {
    const int64_t begin = share.row_begin, end = at_most(share.row_end, rows.count(t));
    const int64_t groups = (end - begin + panels.rows_at_once - 1) / panels.rows_at_once;
    for (int64_t i = 0; i < groups; ++i) {
      step(t, begin + (end - begin) * i / groups, begin + (end - begin) * (i + 1) / groups);
    }
  }

  void step(int64_t t, int64_t b, int64_t b_end) const {
    const int64_t first = rows.first(t) + b;
    const S* h = in<S>(arrays.previous) + first * units;
    for (int64_t i = share.panel_begin; i < share.panel_end; ++i) {
      const int64_t begin = panels.cuts[i], end = panels.cuts[i + 1];
      multiply_panel(
          recurrent(scan, arrays), panels.data, i, h, units, b_end - b,
          [&](int64_t row) { fetch(b + row, begin, end); },
          [&](int64_t row, int64_t row_end, const S* sums) {
            for (int64_t block = begin; block < end; ++block, sums += gates * lanes<S>) {
              finish(t, b + row, b + row_end, block, sums, (end - begin) * gates * lanes<S>);
            }
          });
    }
  }

  // Brings what finish() will read of these blocks from far away.
  void fetch(int64_t b, int64_t begin, int64_t end) const {
    for (int64_t block = begin; block < end; ++block) {
      if (live_lanes<S>(block, units) < lanes<S>) continue;
      const S* x = projected + b * projected_stride + block * lanes<S>;
      for (int g = 0; g < gates; ++g) touch(x + g * units);
    }
  }

  // From V h + b to everything that the step leaves behind, for some rows of one block.
  void finish(int64_t t, int64_t b, int64_t b_end, int64_t block, const S* sums,
              int64_t stride) const {
    const int live = live_lanes<S>(block, units);
    if (live == lanes<S>) {  // with a constant, partial loads vanish
      for (; b < b_end; ++b, sums += stride) finish_row(t, b, block, lanes<S>, sums);
    } else {
      for (; b < b_end; ++b, sums += stride) finish_row(t, b, block, live, sums);
    }
  }

  __attribute__((always_inline)) void finish_row(int64_t t, int64_t b, int64_t block, int live,
                                                 const S* sums) const {
    const int64_t row = rows.first(t) + b, unit = block * lanes<S>, at = row * units + unit;
    const S* z = projected + b * projected_stride + unit;
    Vector<S> x[gates], r[gates], gate[gates];
    for (int g = 0; g < gates; ++g) {
      x[g] = load(z + g * units, live);
      r[g] = load(sums + g * lanes<S>);
    }
    State<S> state{Vector<S>{}, Vector<S>{}};
    if (Cell::needs_h) state.h = load(in<S>(arrays.previous) + at, live);
    if (Cell::carries_c) state.c = load(in<S>(arrays.c_n) + b * units + unit, live);
    Cell::step(x, r, state, gate);
    store(out<S>(arrays.output) + at, state.h, live);
    if (stores_gates) {
      S* kept = out<S>(arrays.gates) + row * gates * units + unit;
      for (int g = 0; g < gates; ++g) store(kept + g * units, gate[g], live);
    }
    if (Cell::keeps_candidate && arrays.candidates) {
      store(out<S>(arrays.candidates) + at, r[gates - 1], live);
    }
    if (Cell::carries_c && arrays.cells) store(out<S>(arrays.cells) + at, state.c, live);
    leave(t, b, unit, live, state);
  }

  // Hands the state on to the sequence's next row, or out of the walk.
  __attribute__((always_inline)) void leave(int64_t t, int64_t b, int64_t unit, int live,
                                            State<S> state) const {
    const int64_t next = rows.step_after(t), carried = b * units + unit;
    if (!rows.running(next, b)) {
      store(out<S>(arrays.h_n) + carried, state.h, live);
      if (Cell::carries_c) store(out<S>(arrays.c_n) + carried, state.c, live);
      return;
    }
    if (rows.cut_before(next, b)) state = State<S>{Vector<S>{}, Vector<S>{}};
    const int64_t at = (rows.first(next) + b) * units + unit;
    if (copies_h) store(out<S>(arrays.previous) + at, state.h, live);
    if (!Cell::carries_c) return;
    store(out<S>(arrays.c_n) + carried, state.c, live);
    if (copies_c) store(out<S>(arrays.previous_cells) + at, state.c, live);
  }

  static void walk(const elman_scan& scan, const elman_forward& arrays, const Panels& panels,
                   const Share& share, elman::Pace& pace) {
    const DenormalsFlushed flushed;
    Forward walker{scan, arrays, panels, share};
    walker.enter();
    if (!keep_pace(pace, 0)) return;
    const int64_t chunk = panels.projected_steps;
    int64_t low = 0;
    for (int64_t i = 0; i < scan.steps; ++i) {
      const int64_t t = walker.rows.step(i);
      if (walker.projects && i % chunk == 0) {
        const int64_t count = at_most(chunk, scan.steps - i);
        low = scan.reverse ? t + 1 - count : t;
        walker.project(low, low + count);
      }
      walker.projected = walker.projects ? walker.projection_of(t, low)
                                         : in<S>(arrays.projected) +
                                               walker.rows.first(t) * arrays.projected_stride;
      walker.step(t);
      if (!keep_pace(pace, i + 1)) return;
    }
  }
};

}  // namespace ELMAN_NAMESPACE
