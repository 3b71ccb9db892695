// The Python module: the only file that knows Python. It takes addresses as plain integers, which
// costs a twentieth of handing over arrays; native.py has checked what stands behind them.
#include <nanobind/nanobind.h>

#include <chrono>
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

int forward(nb::tuple scan, int64_t projected_stride, Address projected, Address weight,
            Address bias, Address output, Address previous, Address h_n, Address c_n, Address gates,
            Address cells, Address previous_cells, Address candidates, int kind, int threads) {
  const elman_forward arrays{sizeof(elman_forward), projected_stride, at<void>(projected),
                             at<void>(weight),      at<void>(bias),   at<void>(output),
                             at<void>(previous),    at<void>(h_n),    at<void>(c_n),
                             at<void>(gates),       at<void>(cells),  at<void>(previous_cells),
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
  module.attr("API_VERSION") = int(elman_native()->version);
  module.def("forward", &forward);
  module.def("backward", &backward);
  module.def("instruction_set", &instruction_set);
  module.def("instruction_sets", &instruction_sets);
  module.def("force_instruction_set", [](const char* name) {
    return int(elman_native()->force_instruction_set(name && *name ? name : nullptr));
  });
  module.def("use_torch_team", [](Address address) { torch_parallel_for = at<void>(address); });
}
