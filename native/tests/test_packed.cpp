// Packed layers agree with the plain twin, layer above layer, however the sequence is cut.
#include "twin.hpp"

namespace {

struct Form {
  int cell, activation;
  int64_t layers, batch, inputs, units, steps;
  bool bias;

  std::string name() const {
    std::string text = "cell " + std::to_string(cell) + " activation " + std::to_string(activation);
    for (int64_t size : {layers, batch, inputs, units, steps}) text += " " + std::to_string(size);
    return text + (bias ? " bias" : "");
  }
};

// Weights, states and inputs of exactly the documented sizes, and what should come of them.
template <class S>
struct Problem {
  Form form;
  int64_t gates;
  std::vector<std::vector<S>> weights;  // four a layer
  std::vector<elman_layer_weights> layers;
  std::vector<S> x, h_0, c_0;
  std::vector<double> output, h_n, c_n;

  explicit Problem(const Form& what) : form(what) {
    gates = gates_of(form.cell);
    Numbers numbers;
    const int64_t width = gates * form.units, state = form.layers * form.batch * form.units;
    for (int64_t layer = 0; layer < form.layers; ++layer) {
      const int64_t inputs = layer ? form.units : form.inputs;
      weights.push_back(numbers.vector<S>(width * inputs, 1 / std::sqrt(double(inputs))));
      weights.push_back(numbers.vector<S>(width * form.units, 1 / std::sqrt(double(form.units))));
      weights.push_back(numbers.vector<S>(form.bias ? width : 0, 1));
      weights.push_back(numbers.vector<S>(form.bias ? width : 0, 1));
    }
    for (size_t i = 0; i < weights.size(); i += 4) {
      layers.push_back({weights[i].data(), weights[i + 1].data(),
                        form.bias ? weights[i + 2].data() : nullptr,
                        form.bias ? weights[i + 3].data() : nullptr});
    }
    x = numbers.vector<S>(form.batch * form.steps * form.inputs, 1);
    h_0 = numbers.vector<S>(state, 1);
    c_0 = numbers.vector<S>(form.cell == ELMAN_CELL_LSTM ? state : 0, 1);
    expect();
  }

  // Row (t, b) of what the lowest layer reads.
  std::vector<double> inputs_by_step() const {
    std::vector<double> rows;
    for (int64_t t = 0; t < form.steps; ++t) {
      for (int64_t b = 0; b < form.batch; ++b) {
        const S* row = x.data() + (b * form.steps + t) * form.inputs;
        rows.insert(rows.end(), row, row + form.inputs);
      }
    }
    return rows;
  }

  static std::vector<double> part(const std::vector<S>& all, int64_t index, int64_t size) {
    if (all.empty()) return std::vector<double>(size_t(size), 0);
    return {all.begin() + index * size, all.begin() + (index + 1) * size};
  }

  void expect() {
    std::vector<double> rows = inputs_by_step();
    const int64_t state = form.batch * form.units;
    for (int64_t layer = 0; layer < form.layers; ++layer) {
      const std::vector<S>* own = &weights[size_t(4 * layer)];
      Twin twin{};
      twin.cell = form.cell, twin.activation = form.activation, twin.reverse = false;
      twin.batch = form.batch, twin.units = form.units;
      twin.counts.assign(size_t(form.steps), form.batch);
      twin.projected = project(rows, own[0], own[2], layer ? form.units : form.inputs);
      twin.weight.assign(own[1].begin(), own[1].end());
      twin.bias.assign(own[3].begin(), own[3].end());
      twin.h_0 = part(h_0, layer, state), twin.c_0 = part(c_0, layer, state);
      twin.forward();
      rows = twin.output;
      h_n.insert(h_n.end(), twin.h_n.begin(), twin.h_n.end());
      c_n.insert(c_n.end(), twin.c_n.begin(), twin.c_n.end());
    }
    output = rows;
  }

  std::vector<double> project(const std::vector<double>& rows, const std::vector<S>& weight,
                              const std::vector<S>& bias, int64_t inputs) const {
    const int64_t width = gates * form.units, count = form.steps * form.batch;
    std::vector<double> projected;
    for (int64_t row = 0; row < count; ++row) {
      for (int64_t column = 0; column < width; ++column) {
        double sum = bias.empty() ? 0 : bias[size_t(column)];
        for (int64_t k = 0; k < inputs; ++k) {
          sum += rows[size_t(row * inputs + k)] * weight[size_t(column * inputs + k)];
        }
        projected.push_back(sum);
      }
    }
    return projected;
  }

  elman_layers description() const {
    return {sizeof(elman_layers), form.cell,   form.activation, element_of<S>(),
            form.layers,          form.inputs, form.units};
  }
};

template <class S>
void compare(const char* what, double got, double want, const Form& form) {
  const double allowed = tolerance<S>(form.units, form.steps) * double(form.layers);
  if (std::fabs(got - want) <= allowed * (1 + std::fabs(want))) return;
  std::fprintf(stderr, "%s is %.9g, must be %.9g\n", what, got, want);
  CHECK(false, form.name());
}

// Reads the sequence in pieces of `cut` steps, each handed over as an array of its own.
template <class S>
void check(const Form& form, int64_t cut) {
  const Problem<S> problem(form);
  const elman_layers description = problem.description();
  elman_packed* packed = nullptr;
  CHECK(elman_native()->pack(&description, problem.layers.data(), &packed) == ELMAN_OK,
        form.name());
  std::vector<S> h = problem.h_0, c = problem.c_0;
  for (int64_t begin = 0; begin < form.steps; begin += cut) {
    const int64_t count = cut < form.steps - begin ? cut : form.steps - begin;
    std::vector<S> x, output(size_t(form.batch * count * form.units));
    for (int64_t b = 0; b < form.batch; ++b) {
      const S* rows = problem.x.data() + (b * form.steps + begin) * form.inputs;
      x.insert(x.end(), rows, rows + count * form.inputs);
    }
    CHECK(elman_native()->step(packed, form.batch, count, x.data(), h.data(),
                               c.empty() ? nullptr : c.data(), output.data(), nullptr) == ELMAN_OK,
          form.name());
    for (int64_t t = 0; t < count; ++t) {
      for (int64_t b = 0; b < form.batch; ++b) {
        for (int64_t u = 0; u < form.units; ++u) {
          const size_t want = size_t(((begin + t) * form.batch + b) * form.units + u);
          compare<S>("output", double(output[size_t((b * count + t) * form.units + u)]),
                     problem.output[want], form);
        }
      }
    }
  }
  for (size_t i = 0; i < h.size(); ++i) compare<S>("h", double(h[i]), problem.h_n[i], form);
  for (size_t i = 0; i < c.size(); ++i) compare<S>("c", double(c[i]), problem.c_n[i], form);
  elman_native()->release(packed);
}

int32_t stop_at_once(void*) { return 1; }

void check_refusals() {
  const Problem<float> problem({ELMAN_CELL_LSTM, 0, 1, 1, 2, 3, 40, true});
  elman_layers description = problem.description();
  elman_packed* packed = nullptr;
  const auto pack = [&] {
    return elman_native()->pack(&description, problem.layers.data(), &packed);
  };
  const auto refuses = [&](auto& member, auto value, const char* what) {
    const auto right = member;
    member = value;
    CHECK(pack() == ELMAN_BAD_ARGUMENT, what);
    member = right;
  };
  refuses(description.size, 8u, "an older description");
  refuses(description.cell, 9, "no such cell");
  refuses(description.element, 7, "no such element");
  refuses(description.count, int64_t(0), "no layers");
  refuses(description.inputs, int64_t(0), "no inputs");
  refuses(description.units, int64_t(0), "no units");
  CHECK(pack() == ELMAN_OK, "pack");
  std::vector<float> h = problem.h_0, c = problem.c_0, output(40 * 3);
  const auto step = [&](float* c_state, const elman_stop* stop) {
    return elman_native()->step(packed, 1, 40, problem.x.data(), h.data(), c_state, output.data(),
                                stop);
  };
  CHECK(step(nullptr, nullptr) == ELMAN_BAD_ARGUMENT, "an LSTM without c");
  CHECK(
      elman_native()->step(packed, 0, 40, nullptr, nullptr, nullptr, nullptr, nullptr) == ELMAN_OK,
      "an empty batch");
  const elman_stop stop{stop_at_once, nullptr};
  CHECK(step(c.data(), &stop) == ELMAN_STOPPED, "stop");
  elman_native()->release(packed);
}

}  // namespace

int main() {
  with_each_set([](const std::string&) {
    for (int cell = 0; cell < 3; ++cell) {
      for (int activation = 0; activation < (cell == ELMAN_CELL_ELMAN ? 4 : 1); ++activation) {
        for (int64_t batch : {1, 3, 20}) {
          for (int64_t units : {1, 3, 17, 33}) {
            for (int64_t cut : {1, 3, 40}) {
              const Form form{cell,  activation, 1 + units % 3, batch, 1 + units / 2,
                              units, 40,         batch != 3};
              check<float>(form, cut);
              check<double>(form, cut);
            }
          }
        }
      }
    }
    check_refusals();
  });
}
