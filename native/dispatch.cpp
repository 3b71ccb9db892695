#include "dispatch.hpp"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "cross_entropy.hpp"
#include "executor.hpp"
#include "packed.hpp"
#include "products.hpp"
#include "run.hpp"

namespace elman {

extern const InstructionSet baseline;
#ifdef ELMAN_WITH_AVX2
extern const InstructionSet avx2;
#endif
#ifdef ELMAN_WITH_AVX512
extern const InstructionSet avx512;
#endif
#ifdef ELMAN_WITH_NEON
extern const InstructionSet neon;
#endif

namespace {

const InstructionSet* const built_sets[] = {
    // narrowest first
    &baseline,
#ifdef ELMAN_WITH_NEON
    &neon,
#endif
#ifdef ELMAN_WITH_AVX2
    &avx2,
#endif
#ifdef ELMAN_WITH_AVX512
    &avx512,
#endif
};
const char* const known_names[] = {"baseline", "neon", "avx2", "avx512"};

std::atomic<const InstructionSet*> forced_set{nullptr};

elman_status find_set(const char* name, const InstructionSet** set) {
  for (const InstructionSet* candidate : built_sets) {
    if (std::strcmp(candidate->name, name) == 0) {
      *set = candidate;
      return candidate->runs_here() ? ELMAN_OK : ELMAN_UNSUPPORTED_SET;
    }
  }
  for (const char* known : known_names) {
    if (std::strcmp(known, name) == 0) return ELMAN_UNSUPPORTED_SET;
  }
  return ELMAN_UNKNOWN_SET;
}

const InstructionSet* widest_set() {
  const InstructionSet* widest = &baseline;
  for (const InstructionSet* candidate : built_sets) {
    if (candidate->runs_here()) widest = candidate;
  }
  return widest;
}

const char* instruction_sets(int32_t i) {
  for (const InstructionSet* candidate : built_sets) {
    if (candidate->runs_here() && i-- == 0) return candidate->name;
  }
  return nullptr;
}

elman_status instruction_set(const char** name) {
  const InstructionSet* set = nullptr;
  const elman_status status = chosen_set(&set);
  *name = status == ELMAN_OK ? set->name : nullptr;
  return status;
}

elman_status force_instruction_set(const char* name) {
  const InstructionSet* set = nullptr;
  const elman_status status = name ? find_set(name, &set) : ELMAN_OK;
  if (status == ELMAN_OK) forced_set.store(set);
  return status;
}

bool is_empty(const elman_scan& scan) { return scan.steps == 0 || scan.batch == 0; }

// What both directions do before they differ.
elman_status prepare(const elman_scan* scan, const elman_executor* executor, const Cell** cell) {
  const InstructionSet* set = nullptr;
  if (const elman_status status = chosen_set(&set)) return status;
  if (!scan || !executor || !fits(*scan)) return ELMAN_BAD_ARGUMENT;
  *cell = set->cell(*scan);
  return *cell ? ELMAN_OK : ELMAN_BAD_ARGUMENT;
}

elman_status forward(const elman_scan* scan, const elman_forward* arrays,
                     const elman_executor* executor, const elman_stop* stop) {
  const Cell* cell = nullptr;
  if (const elman_status status = prepare(scan, executor, &cell)) return status;
  if (is_empty(*scan)) return ELMAN_OK;
  if (!arrays || !fits(*scan, *arrays)) return ELMAN_BAD_ARGUMENT;
  return run(*scan, *arrays, *cell, cell->forward, *executor, stop);
}

elman_status backward(const elman_scan* scan, const elman_backward* arrays,
                      const elman_executor* executor, const elman_stop* stop) {
  const Cell* cell = nullptr;
  if (const elman_status status = prepare(scan, executor, &cell)) return status;
  if (is_empty(*scan)) return ELMAN_OK;
  if (!arrays || !fits(*scan, *arrays)) return ELMAN_BAD_ARGUMENT;
  return run(*scan, *arrays, *cell, cell->backward, *executor, stop);
}

// Any cell of this element type: what is the same for all of them is wanted.
elman_status any_cell(int32_t element, const Cell** cell) {
  const InstructionSet* set = nullptr;
  if (const elman_status status = chosen_set(&set)) return status;
  elman_scan scan{};
  scan.element = element;
  *cell = set->cell(scan);
  return *cell ? ELMAN_OK : ELMAN_BAD_ARGUMENT;
}

elman_status transposed(const elman_transposed* product, const elman_executor* executor) {
  if (!product || !executor || !fits(*product)) return ELMAN_BAD_ARGUMENT;
  const Cell* cell = nullptr;
  if (const elman_status status = any_cell(product->element, &cell)) return status;
  return run(*product, *cell, *executor);
}

elman_status cross_entropy(const elman_cross_entropy* job, const elman_executor* executor) {
  if (!job || !executor || !fits(*job)) return ELMAN_BAD_ARGUMENT;
  const Cell* cell = nullptr;
  if (const elman_status status = any_cell(job->element, &cell)) return status;
  return run(*job, *cell, *executor);
}

elman_status pack(const elman_layers* layers, const elman_layer_weights* weights,
                  elman_packed** packed) try {
  const InstructionSet* set = nullptr;
  if (const elman_status status = chosen_set(&set)) return status;
  if (!layers || !weights || !packed || !fits(*layers)) return ELMAN_BAD_ARGUMENT;
  elman_scan scan{};
  scan.cell = layers->cell, scan.activation = layers->activation, scan.element = layers->element;
  const Cell* cell = set->cell(scan);
  if (!cell) return ELMAN_BAD_ARGUMENT;
  *packed = new elman_packed{{*layers, weights, *cell}};
  return ELMAN_OK;
} catch (const std::bad_alloc&) {
  return ELMAN_OUT_OF_MEMORY;
}

elman_status step(const elman_packed* packed, int64_t batch, int64_t steps, const void* x, void* h,
                  void* c, void* output, const elman_stop* stop) {
  if (!packed || batch < 0 || steps < 0) return ELMAN_BAD_ARGUMENT;
  if (batch == 0 || steps == 0) return ELMAN_OK;
  if (!x || !h || !output || packed->layers.has_c() != (c != nullptr)) return ELMAN_BAD_ARGUMENT;
  return packed->layers.step({batch, steps, x, h, c, output}, stop);
}

void release(elman_packed* packed) { delete packed; }

}  // namespace

elman_status chosen_set(const InstructionSet** set) {
  *set = forced_set.load();
  if (*set) return ELMAN_OK;
  static const InstructionSet* automatic = nullptr;
  static const elman_status status = [] {
    const char* wanted = std::getenv("ELMAN_ISA");
    if (wanted && *wanted) return find_set(wanted, &automatic);
    automatic = widest_set();
    return ELMAN_OK;
  }();
  *set = automatic;
  return status;
}

}  // namespace elman

const elman_api* elman_native(void) {
  static const elman_api api = {sizeof(elman_api),
                                ELMAN_API_VERSION,
                                elman::forward,
                                elman::backward,
                                elman::transposed,
                                elman::cross_entropy,
                                elman::serial_executor,
                                elman::pool_executor,
                                elman::torch_executor,
                                elman::instruction_set,
                                elman::force_instruction_set,
                                elman::instruction_sets,
                                elman::pack,
                                elman::step,
                                elman::release};
  return &api;
}
