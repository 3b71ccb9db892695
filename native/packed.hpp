// Layers above layers with packed weights, that read a sequence as it comes; see elman_packed.
#pragma once

#include <vector>

#include "api.h"
#include "arena.hpp"
#include "kernels.hpp"
#include "plan.hpp"

namespace elman {

bool fits(const elman_layers& layers);

// Arguments of one call of elman_api's `step`.
struct Reading {
  int64_t batch, steps;
  const void* x;
  void *h, *c, *output;
};

class PackedLayers {
 public:
  PackedLayers(const elman_layers& layers, const elman_layer_weights* weights, const Cell& cell);

  bool has_c() const { return layers_.cell == ELMAN_CELL_LSTM; }
  elman_status step(const Reading& reading, const elman_stop* stop) const;

 private:
  struct Layer {
    int64_t inputs;
    Arena projection, recurrence;  // packed U and V
  };

  // What a layer reads: row b of step t starts at first + t * step_stride + b * row_stride.
  struct Source {
    const char* first;
    int64_t step_stride, row_stride;  // bytes
  };

  void pack(Layer& layer, const elman_layer_weights& weights);
  void walk(const Layer& layer, const Source& source, const elman_scan& scan, char* projected,
            elman_forward arrays) const;
  void hand_out(const char* h, int64_t first, int64_t steps, const Reading& reading) const;
  elman_scan scan(int64_t batch, int64_t steps) const;
  Panels panels(const Layer& layer) const;
  int64_t state_bytes(int64_t batch) const { return batch * layers_.units * cell_.element_bytes; }

  const elman_layers layers_;
  const Cell& cell_;
  const int64_t width_;  // of a projected row, in whole vectors
  const Work work_;
  const Plan plan_;
  std::vector<Layer> stack_;
};

}  // namespace elman

struct elman_packed {
  elman::PackedLayers layers;
};
