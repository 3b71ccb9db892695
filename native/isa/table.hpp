// The table of cells that each instruction set compiles for itself.
#pragma once

#include "../backward.hpp"
#include "../forward.hpp"
#include "../projection.hpp"
#include "../softmax.hpp"
#include "../transposed.hpp"

namespace ELMAN_NAMESPACE {

template <class C>
static constexpr elman::Cell describe() {
  using S = typename C::S;
  return {sizeof(S),
          lanes<S>,
          {Projector<S>::pack, Projector<S>::run},
          {Transposed<S>::memory_bytes, Transposed<S>::run},
          Softmax<S>::run,
          {Forward<C>::panel_blocks, C::gates, 1, Forward<C>::pack, Forward<C>::walk},
          {Backward<C>::panel_blocks, 1, C::gates, Backward<C>::pack, Backward<C>::walk}};
}

template <class S>
static const elman::Cell* cell_of(const elman_scan& scan) {
  static constexpr elman::Cell elmans[] = {describe<Elman<S, Tanh>>(), describe<Elman<S, Relu>>(),
                                           describe<Elman<S, Sigmoid>>(),
                                           describe<Elman<S, Identity>>()};
  static constexpr elman::Cell gru = describe<Gru<S>>(), lstm = describe<Lstm<S>>();
  switch (scan.cell) {
    case ELMAN_CELL_ELMAN:
      return scan.activation >= 0 && scan.activation <= ELMAN_IDENTITY ? &elmans[scan.activation]
                                                                       : nullptr;
    case ELMAN_CELL_GRU:
      return &gru;
    case ELMAN_CELL_LSTM:
      return &lstm;
    default:
      return nullptr;
  }
}

static const elman::Cell* cell(const elman_scan& scan) {
  switch (scan.element) {
    case ELMAN_FLOAT32:
      return cell_of<float>(scan);
    case ELMAN_FLOAT64:
      return cell_of<double>(scan);
    default:
      return nullptr;
  }
}

}  // namespace ELMAN_NAMESPACE
