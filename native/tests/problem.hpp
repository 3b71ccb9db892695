// One walk with its data, run by the library.
#pragma once

#include "twin.hpp"

struct Form {
  int cell = ELMAN_CELL_ELMAN, activation = ELMAN_TANH;
  bool reverse = false, resets = false, bias = true;
  int64_t batch = 3, units = 17;
  int64_t inputs = 0;  // of rows that the walk projects itself; 0: they come projected
  std::vector<int64_t> counts = {3, 3, 2, 2, 1};  // rows of each step

  std::string name() const {
    std::string text = "cell " + std::to_string(cell) + " activation " + std::to_string(activation);
    text += reverse ? " reverse" : "";
    text += resets ? " resets" : "";
    text += inputs ? " inputs " + std::to_string(inputs) : "";
    text += " units " + std::to_string(units) + " batch " + std::to_string(batch) + " counts";
    for (int64_t count : counts) text += " " + std::to_string(count);
    return text;
  }
};

// Arrays of exactly the documented sizes, so that AddressSanitizer sees a step beside them.
template <class S>
struct Problem {
  Form form;
  std::vector<int64_t> offsets = {0};
  int64_t rows, gates, width;
  bool dense;
  std::vector<uint8_t> resets;
  std::vector<S> x, input_weight, input_bias, projected, weight, bias, h_0, c_0, d_output, d_h_n,
      d_c_n;

  std::vector<S> history_h, history_c, previous, previous_c, h_n, c_n, kept, candidates;
  std::vector<S> gradient, states_h, states_c, d_h, d_c;

  explicit Problem(const Form& what) : form(what) {
    for (int64_t count : form.counts) offsets.push_back(offsets.back() + count);
    rows = offsets.back();
    gates = gates_of(form.cell);
    width = gates * form.units;
    dense = !form.resets && rows == form.batch * int64_t(form.counts.size());
    Numbers numbers;
    for (int64_t i = 0; form.resets && i < rows; ++i) resets.push_back(numbers.next() > 0.4);
    const int64_t state = form.batch * form.units, history = rows * form.units;
    if (form.inputs) {
      x = numbers.vector<S>(rows * form.inputs, 1);
      input_weight = numbers.vector<S>(width * form.inputs, 1);
      if (form.bias) input_bias = numbers.vector<S>(width, 1);
    } else {
      projected = numbers.vector<S>(rows * width, 2);
    }
    weight = numbers.vector<S>(width * form.units, 1.5 / std::sqrt(double(form.units)));
    if (form.bias) bias = numbers.vector<S>(width, 1);
    h_0 = numbers.vector<S>(state, 1), c_0 = numbers.vector<S>(state, 1);
    d_output = numbers.vector<S>(history, 1);
    d_h_n = numbers.vector<S>(state, 1), d_c_n = numbers.vector<S>(state, 1);
    const size_t size = size_t(history + (dense ? state : 0));
    history_h.resize(size), history_c.resize(has_c() ? size : 0);
    previous.resize(dense ? 0 : size), previous_c.resize(dense || !has_c() ? 0 : size);
    kept.resize(size_t(rows * width)), candidates.resize(is_gru() ? size_t(history) : 0);
    gradient.resize(size_t(rows * (width + shift())));
    states_h.resize(size_t(history)), states_c.resize(has_c() ? size_t(history) : 0);
  }

  bool has_c() const { return form.cell == ELMAN_CELL_LSTM; }
  bool is_gru() const { return form.cell == ELMAN_CELL_GRU; }
  int64_t shift() const { return is_gru() ? form.units : 0; }
  int64_t entering_shift() const { return dense && form.reverse ? form.batch * form.units : 0; }
  int64_t leaving_shift() const { return dense && !form.reverse ? form.batch * form.units : 0; }

  S* output() { return history_h.data() + leaving_shift(); }
  S* cells() { return has_c() ? history_c.data() + leaving_shift() : nullptr; }
  S* entering() { return dense ? history_h.data() + entering_shift() : previous.data(); }
  S* entering_c() {
    if (!has_c()) return nullptr;
    return dense ? history_c.data() + entering_shift() : previous_c.data();
  }

  elman_scan scan() const {
    return {sizeof(elman_scan),
            form.cell,
            form.activation,
            element_of<S>(),
            form.reverse,
            int64_t(form.counts.size()),
            form.batch,
            form.units,
            dense ? nullptr : offsets.data(),
            resets.empty() ? nullptr : resets.data()};
  }

  elman_forward forward_arrays(bool keep) {
    h_n = h_0, c_n = c_0;
    return {sizeof(elman_forward),
            width,
            form.inputs ? nullptr : projected.data(),
            form.inputs,
            form.inputs,
            form.inputs ? x.data() : nullptr,
            input_weight.data(),
            input_bias.empty() ? nullptr : input_bias.data(),
            weight.data(),
            bias.empty() ? nullptr : bias.data(),
            output(),
            entering(),
            h_n.data(),
            has_c() ? c_n.data() : nullptr,
            keep ? kept.data() : nullptr,
            keep ? cells() : nullptr,
            keep ? entering_c() : nullptr,
            keep && is_gru() ? candidates.data() : nullptr};
  }

  elman_backward backward_arrays(bool states) {
    d_h = d_h_n, d_c = d_c_n;
    return {sizeof(elman_backward),
            form.units,
            width + shift(),
            weight.data(),
            kept.data(),
            entering(),
            cells(),
            entering_c(),
            is_gru() ? candidates.data() : nullptr,
            d_output.data(),
            d_h.data(),
            has_c() ? d_c.data() : nullptr,
            gradient.data() + shift(),
            gradient.data(),
            states ? states_h.data() : nullptr,
            states && has_c() ? states_c.data() : nullptr};
  }

  elman_status run_forward(const elman_executor& executor, bool keep,
                           const elman_stop* stop = nullptr) {
    const elman_scan walk = scan();
    const elman_forward arrays = forward_arrays(keep);
    return elman_native()->forward(&walk, &arrays, &executor, stop);
  }

  elman_status run_backward(const elman_executor& executor, bool states,
                            const elman_stop* stop = nullptr) {
    const elman_scan walk = scan();
    const elman_backward arrays = backward_arrays(states);
    return elman_native()->backward(&walk, &arrays, &executor, stop);
  }

  std::vector<double> project() const {
    std::vector<double> sums;
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t k = 0; k < width; ++k) {
        double sum = input_bias.empty() ? 0 : double(input_bias[size_t(k)]);
        for (int64_t i = 0; i < form.inputs; ++i) {
          sum += double(x[size_t(row * form.inputs + i)]) *
                 double(input_weight[size_t(k * form.inputs + i)]);
        }
        sums.push_back(sum);
      }
    }
    return sums;
  }

  Twin twin() const {
    const auto wide = [](const std::vector<S>& v) {
      return std::vector<double>(v.begin(), v.end());
    };
    Twin twin{};
    twin.cell = form.cell, twin.activation = form.activation, twin.reverse = form.reverse;
    twin.batch = form.batch, twin.units = form.units, twin.counts = form.counts;
    twin.resets = resets;
    twin.projected = form.inputs ? project() : wide(projected);
    twin.weight = wide(weight), twin.bias = wide(bias);
    twin.h_0 = wide(h_0), twin.c_0 = wide(c_0), twin.d_output = wide(d_output);
    twin.d_h_n = wide(d_h_n), twin.d_c_n = wide(d_c_n);
    return twin;
  }
};
