#include "packed.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "pace.hpp"

namespace elman {
namespace {

constexpr int64_t usual_steps = 16;  // more than one, so that weights are read from near
constexpr int64_t never = INT64_MAX;

void reserve(Arena& arena, int64_t bytes) {
  if (!arena.at_least(size_t(bytes))) throw std::bad_alloc();
}

}  // namespace

bool fits(const elman_layers& layers) {
  return layers.size >= sizeof(elman_layers) && layers.count > 0 && layers.inputs > 0 &&
         layers.units > 0;
}

PackedLayers::PackedLayers(const elman_layers& layers, const elman_layer_weights* weights,
                           const Cell& cell)
    : layers_(layers),
      cell_(cell),
      width_((cell.forward.block_vectors * layers.units + cell.lanes - 1) / cell.lanes *
             cell.lanes),
      work_(work_of(scan(1, usual_steps), cell, cell.forward)),
      plan_(make_plan(scan(1, usual_steps), work_, 1, false)),
      stack_(size_t(layers.count)) {
  for (size_t i = 0; i < stack_.size(); ++i) {
    stack_[i].inputs = i ? layers.units : layers.inputs;
    pack(stack_[i], weights[i]);
  }
}

void PackedLayers::pack(Layer& layer, const elman_layer_weights& weights) {
  const int64_t gates = cell_.forward.block_vectors, depth = layers_.units;
  reserve(layer.projection, width_ * (layer.inputs + 1) * cell_.element_bytes);
  reserve(layer.recurrence, plan_.cuts.back() * work_.block_bytes(work_.depth));
  cell_.projection.pack({weights.weight_ih, weights.bias_ih, gates * depth, layer.inputs},
                        layer.projection.memory());
  elman_forward arrays{};
  arrays.weight = weights.weight_hh, arrays.bias = weights.bias_hh;
  const Panels packed = panels(layer);
  cell_.forward.pack(scan(1, usual_steps), arrays, packed, 0, packed.count);
}

elman_scan PackedLayers::scan(int64_t batch, int64_t steps) const {
  return {sizeof(elman_scan),
          layers_.cell,
          layers_.activation,
          layers_.element,
          0,
          steps,
          batch,
          layers_.units,
          nullptr,
          nullptr};
}

Panels PackedLayers::panels(const Layer& layer) const {
  const int64_t count = int64_t(plan_.cuts.size()) - 1;
  return {plan_.cuts.data(), count, layer.recurrence.memory(), false, plan_.rows_at_once, nullptr,
          nullptr,           0};
}

elman_status PackedLayers::step(const Reading& reading, const elman_stop* stop) const {
  const int64_t batch = reading.batch, state = state_bytes(batch), element = cell_.element_bytes;
  const int64_t at_once = steps_to_project(reading.steps, batch);
  const int64_t projected_bytes = whole_lines(at_once * batch * width_ * element);
  const int64_t history_bytes = whole_lines((at_once + 1) * state);
  char* memory = static_cast<char*>(workspace(size_t(projected_bytes + 2 * history_bytes)));
  if (!memory) return ELMAN_OUT_OF_MEMORY;
  for (int64_t t = 0, steps; t < reading.steps; t += steps) {
    if (t && stop && stop->poll && stop->poll(stop->context)) return ELMAN_STOPPED;
    steps = std::min(at_once, reading.steps - t);
    const int64_t row = layers_.inputs * element;
    Source source{static_cast<const char*>(reading.x) + t * row, row, reading.steps * row};
    elman_forward arrays{};
    arrays.projected_stride = width_;
    arrays.h_n = reading.h, arrays.c_n = reading.c;
    for (size_t i = 0; i < stack_.size(); ++i) {
      char* history = memory + projected_bytes + int64_t(i % 2) * history_bytes;
      arrays.previous = history, arrays.output = history + state;
      walk(stack_[i], source, scan(batch, steps), memory, arrays);
      source = {history + state, state, state / batch};
      arrays.h_n = static_cast<char*>(arrays.h_n) + state;
      if (arrays.c_n) arrays.c_n = static_cast<char*>(arrays.c_n) + state;
    }
    hand_out(source.first, t, steps, reading);
  }
  return ELMAN_OK;
}

void PackedLayers::walk(const Layer& layer, const Source& source, const elman_scan& scan,
                        char* projected, elman_forward arrays) const {
  const int64_t element = cell_.element_bytes, batch = scan.batch;
  const Matrix matrix{nullptr, nullptr, cell_.forward.block_vectors * layers_.units, layer.inputs};
  const bool even = batch == 1 || source.step_stride == batch * source.row_stride;
  const int64_t calls = even ? 1 : scan.steps, rows = even ? scan.steps * batch : batch;
  const int64_t stride = (batch == 1 ? source.step_stride : source.row_stride) / element;
  for (int64_t i = 0; i < calls; ++i) {
    cell_.projection.run(matrix, layer.projection.memory(), source.first + i * source.step_stride,
                         stride, rows, projected + i * batch * width_ * element);
  }
  arrays.projected = projected;
  Pacer pacer(1, false, never, nullptr);
  Pace pace(pacer, 1);
  const Panels packed = panels(layer);
  cell_.forward.walk(scan, arrays, packed, {0, batch, 0, packed.count}, pace);
}

// From h of some steps, (steps, B, H), to their place in the output.
void PackedLayers::hand_out(const char* h, int64_t first, int64_t steps,
                            const Reading& reading) const {
  const int64_t row = state_bytes(1);
  for (int64_t t = first; t < first + steps; ++t) {
    for (int64_t b = 0; b < reading.batch; ++b, h += row) {
      char* to = static_cast<char*>(reading.output) + (b * reading.steps + t) * row;
      std::memcpy(to, h, size_t(row));
    }
  }
}

}  // namespace elman
