// The descriptor, the choice of an instruction set, and refusals.
#include <cstring>

#include "problem.hpp"

namespace {

void check_sets() {
  const elman_api& api = *elman_native();
  const char* name = nullptr;
  CHECK(api.size == sizeof(elman_api) && api.version == ELMAN_API_VERSION, "descriptor");
  CHECK(api.force_instruction_set("avx1024") == ELMAN_UNKNOWN_SET, "unknown");
#if defined(__x86_64__)
  CHECK(api.force_instruction_set("neon") == ELMAN_UNSUPPORTED_SET, "of another architecture");
#endif
  CHECK(api.force_instruction_set("baseline") == ELMAN_OK, "baseline");
  CHECK(api.instruction_set(&name) == ELMAN_OK && !std::strcmp(name, "baseline"), "forced");
  CHECK(api.force_instruction_set(nullptr) == ELMAN_OK, "automatic");
  CHECK(!std::strcmp(api.instruction_sets(0), "baseline"), "narrowest first");
  int32_t count = 0;
  while (api.instruction_sets(count)) ++count;
  CHECK(api.instruction_set(&name) == ELMAN_OK, "automatic");
  CHECK(!std::strcmp(name, api.instruction_sets(count - 1)), "widest is used");
  std::printf("automatic: %s\n", name);
}

template <class Change>
void check_refused(const char* about, const Change& change) {
  Form form;
  form.cell = ELMAN_CELL_LSTM;
  Problem<float> problem(form);
  elman_scan scan = problem.scan();
  elman_forward forward = problem.forward_arrays(true);
  elman_backward backward = problem.backward_arrays(true);
  change(scan, forward, backward);
  const elman_executor serial = elman_native()->serial();
  const elman_status there = elman_native()->forward(&scan, &forward, &serial, nullptr);
  const elman_status back = elman_native()->backward(&scan, &backward, &serial, nullptr);
  CHECK(there == ELMAN_BAD_ARGUMENT || back == ELMAN_BAD_ARGUMENT, about);
}

void check_refusals() {
  using Scan = elman_scan&;
  using There = elman_forward&;
  using Back = elman_backward&;
  const int64_t growing[] = {0, 1, 3, 4, 5, 6}, empty[] = {0, 3, 3, 4, 5, 6};
  check_refused("no such cell", [](Scan scan, There, Back) { scan.cell = 7; });
  check_refused("negative cell", [](Scan scan, There, Back) { scan.cell = -1; });
  check_refused("no such type", [](Scan scan, There, Back) { scan.element = 2; });
  check_refused("an older header", [](Scan scan, There, Back) { scan.size = 8; });
  check_refused("no units", [](Scan scan, There, Back) { scan.units = 0; });
  check_refused("rows that grow", [&](Scan scan, There, Back) { scan.offsets = growing; });
  check_refused("a step without rows", [&](Scan scan, There, Back) { scan.offsets = empty; });
  check_refused("more rows than sequences", [](Scan scan, There, Back) { scan.batch = 2; });
  check_refused("no weight", [](Scan, There there, Back) { there.weight = nullptr; });
  check_refused("no input", [](Scan, There there, Back) { there.projected = nullptr; });
  check_refused("two inputs", [](Scan, There there, Back) { there.x = there.weight; });
  check_refused("no c", [](Scan, There there, Back) { there.c_n = nullptr; });
  check_refused("cells half", [](Scan, There there, Back) { there.previous_cells = nullptr; });
  check_refused("narrow rows", [](Scan, There there, Back) { there.projected_stride = 1; });
  check_refused("two gradients", [](Scan, There, Back back) { back.d_recurrent = back.d_h; });
  check_refused("nothing kept", [](Scan, There, Back back) { back.gates = nullptr; });
}

void check_nothing_to_do() {
  Form form;
  form.counts = {}, form.batch = 2;
  Problem<float> problem(form);
  const elman_executor serial = elman_native()->serial();
  CHECK(problem.run_forward(serial, true) == ELMAN_OK, "no steps");
  CHECK(problem.h_n == problem.h_0, "no steps");
}

}  // namespace

int main() {
  check_sets();
  check_refusals();
  check_nothing_to_do();
}
