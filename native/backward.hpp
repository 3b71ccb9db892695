// The walk back: from the gradients of states to those of what entered the gates.
#pragma once

#include "scan.hpp"

namespace ELMAN_NAMESPACE {

template <class Cell>
struct Backward {
  using S = typename Cell::S;
  static constexpr int gates = Cell::gates;
  static constexpr int panel_blocks = widest_panel;

  const elman_scan& scan;
  const elman_backward& arrays;
  const Panels& panels;
  const Share& share;
  const Rows rows{scan};
  const int64_t units = scan.units;

  // Panels of V transposed: row k of block u carries gradient k of a step to h's units.
  static void pack(const elman_scan& scan, const elman_backward& arrays, const Panels& panels,
                   int64_t begin, int64_t end) {
    const int64_t units = scan.units;
    for (int64_t i = begin; i < end; ++i) {
      const int vectors = int(panels.cuts[i + 1] - panels.cuts[i]);
      S* column = panel_at<S>(panels.data, panels, i, 1, gates * units);
      for (int64_t block = panels.cuts[i]; block < panels.cuts[i + 1]; ++block) {
        const int live = live_lanes<S>(block, units);
        const S* weight = in<S>(arrays.weight) + block * lanes<S>;
        pack_row<S>(nullptr, live, column);
        for (int k = 0; k < gates; ++k) {
          pack_straight(weight + Cell::gate_of_column[k] * units * units, units, live, units,
                        vectors, column + (k * units + 1) * vectors * lanes<S>);
        }
        column += lanes<S>;
      }
    }
  }

  // The derivative of step t within each unit.
  void derive(int64_t t) const {
    const int64_t begin = panels.cuts[share.panel_begin], end = panels.cuts[share.panel_end];
    for (int64_t b = share.row_begin; b < at_most(share.row_end, rows.count(t)); ++b) {
      for (int64_t block = begin; block < end; ++block) {
        const int live = live_lanes<S>(block, units);
        if (live == lanes<S>) {
          derive(t, b, block, lanes<S>);
        } else {
          derive(t, b, block, live);
        }
      }
    }
  }

  __attribute__((always_inline)) void derive(int64_t t, int64_t b, int64_t block, int live) const {
    const int64_t row = rows.first(t) + b, unit = block * lanes<S>, at = row * units + unit;
    const int64_t carried = b * units + unit;
    const Kept<S> kept = recall(row, unit, live);
    State<S> d{load(in<S>(arrays.d_h) + carried, live), Vector<S>{}};
    if (Cell::carries_c) d.c = load(in<S>(arrays.d_c) + carried, live);
    if (arrays.d_output) {
      d.h = d.h + load(in<S>(arrays.d_output) + row * arrays.d_output_stride + unit, live);
    }
    Vector<S> column[Cell::columns];
    const State<S> past = Cell::back(kept, d, column);
    S* gradient = out<S>(arrays.d_recurrent) + row * arrays.d_projected_stride + unit;
    for (int k = 0; k < Cell::columns; ++k) store(gradient + k * units, column[k], live);
    if (arrays.states_h) store(out<S>(arrays.states_h) + at, d.h, live);
    if (Cell::carries_c && arrays.states_c) store(out<S>(arrays.states_c) + at, d.c, live);
    store(out<S>(arrays.d_h) + carried, past.h, live);
    if (!Cell::carries_c) return;
    store(out<S>(arrays.d_c) + carried, rows.cut_before(t, b) ? Vector<S>{} : past.c, live);
  }

  __attribute__((always_inline)) Kept<S> recall(int64_t row, int64_t unit, int live) const {
    const int64_t at = row * units + unit;
    Kept<S> kept{};
    for (int g = 0; g < gates; ++g) {
      kept.gate[g] = load(in<S>(arrays.gates) + (row * gates + g) * units + unit, live);
    }
    if (Cell::needs_h) kept.before.h = load(in<S>(arrays.previous) + at, live);
    if (Cell::keeps_candidate) kept.candidate = load(in<S>(arrays.candidates) + at, live);
    if (Cell::carries_c) {
      kept.before.c = load(in<S>(arrays.previous_cells) + at, live);
      kept.c = load(in<S>(arrays.cells) + at, live);
    }
    return kept;
  }

  // Takes the gradients of step t through V to the h that entered it.
  void descend(int64_t t) const {
    const int64_t count = at_most(share.row_end, rows.count(t)) - share.row_begin;
    if (count <= 0) return;
    const int64_t stride = arrays.d_projected_stride, depth = gates * units;
    const S* gradient = in<S>(arrays.d_recurrent) + (rows.first(t) + share.row_begin) * stride;
    for (int64_t i = share.panel_begin; i < share.panel_end; ++i) {
      const int64_t begin = panels.cuts[i], end = panels.cuts[i + 1];
      if (panels.one_by_one) pack(scan, arrays, panels, i, i + 1);
      const S* panel = panel_at<S>(panels.data, panels, i, 1, depth);
      multiply(
          gradient, stride, count, depth, panel, int(end - begin), [](int64_t) {},
          [&](int64_t row, int64_t row_end, const S* sums) {
            for (; row < row_end; ++row, sums += (end - begin) * lanes<S>) {
              receive(t, share.row_begin + row, begin, end, sums);
            }
          });
    }
  }

  // Adds what came through V to what reached the entering h otherwise.
  void receive(int64_t t, int64_t b, int64_t begin, int64_t end, const S* sums) const {
    const bool cut = rows.cut_before(t, b);
    for (int64_t block = begin; block < end; ++block, sums += lanes<S>) {
      S* d_h = out<S>(arrays.d_h) + b * units + block * lanes<S>;
      const int live = live_lanes<S>(block, units);
      store(d_h, cut ? Vector<S>{} : load(d_h, live) + load(sums), live);
    }
  }

  static void walk(const elman_scan& scan, const elman_backward& arrays, const Panels& panels,
                   const Share& share, elman::Pace& pace) {
    const DenormalsFlushed flushed;
    const Backward walker{scan, arrays, panels, share};
    for (int64_t i = scan.steps - 1; i >= 0; --i) {
      walker.derive(walker.rows.step(i));
      if (!keep_pace(pace, i)) return;
      walker.descend(walker.rows.step(i));
    }
  }
};

}  // namespace ELMAN_NAMESPACE
