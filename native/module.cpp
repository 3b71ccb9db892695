// The Python module: the only file that knows Python. It takes addresses as plain integers, which
// costs a twentieth of handing over arrays; native.py has checked what stands behind them.
#include <nanobind/nanobind.h>

#include <chrono>
#include <utility>
#include <vector>

#include "api.h"

namespace nb = nanobind;

namespace {

using Address = uintptr_t;
using Clock = std::chrono::steady_clock;

constexpr auto between_polls = std::chrono::milliseconds(20);  // taking the GIL may wait for others

void* torch_parallel_for = nullptr;

template <class T>
T* at(Address address) {
  return reinterpret_cast<T*>(address);
}

// Answers Ctrl-C: Python's signal handlers run, and an exception of theirs ends the walk.
struct Interrupts {
  Clock::time_point last = Clock::now();

  static int32_t poll(void* context) {
    Interrupts& self = *static_cast<Interrupts*>(context);
    const Clock::time_point now = Clock::now();
    if (now - self.last < between_polls) return 0;
    self.last = now;
    const nb::gil_scoped_acquire locked;
    return PyErr_CheckSignals();
  }
};

// (T+1,) first row of each step, and their number; empty for None.
std::vector<int64_t> offsets_of(nb::handle batch_sizes) {
  std::vector<int64_t> offsets;
  if (batch_sizes.is_none()) return offsets;
  offsets.push_back(0);
  for (nb::handle rows : batch_sizes) offsets.push_back(offsets.back() + nb::cast<int64_t>(rows));
  return offsets;
}

elman_executor executor_of(int kind, int threads) {
  if (threads < 2 || kind == 0) return elman_native()->serial();
  if (kind == 1 || !torch_parallel_for) return elman_native()->pool(threads);
  return elman_native()->torch_team(torch_parallel_for, threads);
}

// cell, activation, element, reverse, steps, batch, units, batch_sizes, resets
struct ScanArguments {
  std::vector<int64_t> offsets;
  elman_scan scan;

  explicit ScanArguments(nb::tuple values)
      : offsets(offsets_of(values[7])),
        scan{sizeof(elman_scan),
             number(values, 0),
             number(values, 1),
             number(values, 2),
             number(values, 3),
             nb::cast<int64_t>(values[4]),
             nb::cast<int64_t>(values[5]),
             nb::cast<int64_t>(values[6]),
             offsets.empty() ? nullptr : offsets.data(),
             at<const uint8_t>(nb::cast<Address>(values[8]))} {}

  static int32_t number(const nb::tuple& values, int i) { return nb::cast<int32_t>(values[i]); }
};

template <class Arguments>
int walk(elman_status (*run)(const elman_scan*, const Arguments*, const elman_executor*,
                             const elman_stop*),
         const ScanArguments& scan, const Arguments& arrays, int kind, int threads) {
  Interrupts interrupts;
  const elman_stop stop{Interrupts::poll, &interrupts};
  elman_status status;
  {
    const nb::gil_scoped_release unlocked;
    const elman_executor executor = executor_of(kind, threads);
    status = run(&scan.scan, &arrays, &executor, &stop);
  }
  if (status == ELMAN_STOPPED) throw nb::python_error();
  return status;
}

int forward(nb::tuple scan, int64_t projected_stride, Address projected, int64_t inputs,
            int64_t x_stride, Address x, Address input_weight, Address input_bias, Address weight,
            Address bias, Address output, Address previous, Address h_n, Address c_n, Address gates,
            Address cells, Address previous_cells, Address candidates, int kind, int threads) {
  const elman_forward arrays{sizeof(elman_forward),
                             projected_stride,
                             at<void>(projected),
                             inputs,
                             x_stride,
                             at<void>(x),
                             at<void>(input_weight),
                             at<void>(input_bias),
                             at<void>(weight),
                             at<void>(bias),
                             at<void>(output),
                             at<void>(previous),
                             at<void>(h_n),
                             at<void>(c_n),
                             at<void>(gates),
                             at<void>(cells),
                             at<void>(previous_cells),
                             at<void>(candidates)};
  return walk(elman_native()->forward, ScanArguments(scan), arrays, kind, threads);
}

int backward(nb::tuple scan, int64_t d_output_stride, int64_t d_projected_stride, Address weight,
             Address gates, Address previous, Address cells, Address previous_cells,
             Address candidates, Address d_output, Address d_h, Address d_c, Address d_projected,
             Address d_recurrent, Address states_h, Address states_c, int kind, int threads) {
  const elman_backward arrays{
      sizeof(elman_backward), d_output_stride,       d_projected_stride, at<void>(weight),
      at<void>(gates),        at<void>(previous),    at<void>(cells),    at<void>(previous_cells),
      at<void>(candidates),   at<void>(d_output),    at<void>(d_h),      at<void>(d_c),
      at<void>(d_projected),  at<void>(d_recurrent), at<void>(states_h), at<void>(states_c)};
  return walk(elman_native()->backward, ScanArguments(scan), arrays, kind, threads);
}

int transposed(int element, int64_t rows, nb::tuple columns, nb::tuple strides, Address left,
               Address right, Address sums, bool adds, int kind, int threads) {
  const auto of = [](const nb::tuple& pair, int i) { return nb::cast<int64_t>(pair[i]); };
  const elman_transposed product{sizeof(elman_transposed),
                                 element,
                                 rows,
                                 of(columns, 0),
                                 of(columns, 1),
                                 of(strides, 0),
                                 of(strides, 1),
                                 at<void>(left),
                                 at<void>(right),
                                 at<void>(sums),
                                 adds};
  const nb::gil_scoped_release unlocked;
  const elman_executor executor = executor_of(kind, threads);
  return elman_native()->transposed(&product, &executor);
}

int cross_entropy(int element, nb::tuple sizes, Address targets, Address bias, Address shares,
                  Address scores, Address losses, Address d_bias, int kind, int threads) {
  const auto size = [&](int i) { return nb::cast<int64_t>(sizes[i]); };
  const elman_cross_entropy job{sizeof(elman_cross_entropy),
                                element,
                                size(0),
                                size(1),
                                size(2),
                                at<const int64_t>(targets),
                                at<void>(bias),
                                at<void>(shares),
                                at<void>(scores),
                                at<void>(losses),
                                at<void>(d_bias)};
  const nb::gil_scoped_release unlocked;
  const elman_executor executor = executor_of(kind, threads);
  return elman_native()->cross_entropy(&job, &executor);
}

// Layers whose weights are packed.
class Packed {
 public:
  explicit Packed(elman_packed* packed) : packed_(packed) {}
  Packed(Packed&& other) noexcept : packed_(std::exchange(other.packed_, nullptr)) {}
  ~Packed() {
    if (packed_) elman_native()->release(packed_);
  }

  int step(int64_t batch, int64_t steps, Address x, Address h, Address c, Address output) const {
    Interrupts interrupts;
    const elman_stop stop{Interrupts::poll, &interrupts};
    elman_status status;
    {
      const nb::gil_scoped_release unlocked;
      status = elman_native()->step(packed_, batch, steps, at<void>(x), at<void>(h), at<void>(c),
                                    at<void>(output), &stop);
    }
    if (status == ELMAN_STOPPED) throw nb::python_error();
    return status;
  }

 private:
  elman_packed* packed_;
};

// cell, activation, element, inputs, units; weight_ih, weight_hh, bias_ih, bias_hh of every layer
nb::tuple pack(int cell, int activation, int element, int64_t inputs, int64_t units,
               nb::list weights) {
  std::vector<elman_layer_weights> layers;
  for (nb::handle layer : weights) {
    const auto address = [&](int i) { return at<void>(nb::cast<Address>(layer[i])); };
    layers.push_back({address(0), address(1), address(2), address(3)});
  }
  const elman_layers description{sizeof(elman_layers),   cell,   activation, element,
                                 int64_t(layers.size()), inputs, units};
  elman_packed* packed = nullptr;
  const elman_status status = elman_native()->pack(&description, layers.data(), &packed);
  return nb::make_tuple(int(status), status ? nb::none() : nb::cast(Packed(packed)));
}

nb::tuple instruction_set() {
  const char* name = nullptr;
  const elman_status status = elman_native()->instruction_set(&name);
  return nb::make_tuple(int(status), name ? name : "");
}

nb::list instruction_sets() {
  nb::list names;
  for (int32_t i = 0; const char* name = elman_native()->instruction_sets(i); ++i) {
    names.append(name);
  }
  return names;
}

}  // namespace

NB_MODULE(_native, module) {
  nb::set_leak_warnings(false);  // a stream may live until Python ends
  module.attr("API_VERSION") = int(elman_native()->version);
  module.def("forward", &forward);
  module.def("backward", &backward);
  module.def("transposed", &transposed);
  module.def("cross_entropy", &cross_entropy);
  nb::class_<Packed>(module, "Packed").def("step", &Packed::step);
  module.def("pack", &pack);
  module.def("instruction_set", &instruction_set);
  module.def("instruction_sets", &instruction_sets);
  module.def("force_instruction_set", [](const char* name) {
    return int(elman_native()->force_instruction_set(name && *name ? name : nullptr));
  });
  module.def("use_torch_team", [](Address address) { torch_parallel_for = at<void>(address); });
}
