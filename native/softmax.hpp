// Rows of scores become losses and, in place, the gradients by those scores.
#pragma once

#include "kernels.hpp"
#include "math.hpp"
#include "panel.hpp"

namespace ELMAN_NAMESPACE {

// Three readings of a row, which meanwhile stays near: its largest score, its exponentials and
// their sum, and what they are as gradients.
template <class S>
struct Softmax {
  using V = Vector<S>;

  const elman_cross_entropy& job;
  const S* const bias = static_cast<const S*>(job.bias);

  static void run(const elman_cross_entropy& job, int64_t begin, int64_t end, void* bias_sums) {
    const DenormalsFlushed flushed;
    const Softmax softmax{job};
    for (int64_t row = begin; row < end; ++row) softmax.row(row, static_cast<S*>(bias_sums));
  }

  void row(int64_t row, S* bias_sums) const {
    S* const scores = static_cast<S*>(job.scores) + row * job.stride;
    const int64_t target = job.targets[row];
    const S largest = largest_of(scores);
    const S of_target = scores[target] + (bias ? bias[target] : S(0));
    const S sum =
        job.shares ? exponentials<true>(scores, largest) : exponentials<false>(scores, largest);
    static_cast<S*>(job.losses)[row] = S(__builtin_log(double(sum)) + double(largest - of_target));
    if (!job.shares) return;
    const S share = static_cast<const S*>(job.shares)[row];
    scale(scores, share / sum, bias_sums);
    scores[target] -= share;
    if (bias_sums) bias_sums[target] -= share;
  }

  // A vector of scores; lanes past the last word hold 0.
  V scores_at(const S* scores, int64_t word, int live) const {
    const V x = load(scores + word, live);
    if (bias) return x + load(bias + word, live);
    return x;
  }

  S largest_of(const S* scores) const {
    V most = broadcast(scores_at(scores, 0, 1)[0]);
    each([&](int64_t word, int live) {
      const V x = scores_at(scores, word, live);
      if (live == lanes<S>) {
        most = larger(most, x);
      } else {
        for (int l = 0; l < live; ++l) most[l] = x[l] > most[l] ? x[l] : most[l];
      }
    });
    S largest = most[0];
    for (int l = 1; l < lanes<S>; ++l) largest = most[l] > largest ? most[l] : largest;
    return largest;
  }

  template <bool keeps>
  S exponentials(S* scores, S largest) const {
    V sums{};
    each([&](int64_t word, int live) {
      V e = exponential<S>(scores_at(scores, word, live) - largest);
      if (keeps) store(scores + word, e, live);
      for (int l = live; l < lanes<S>; ++l) e[l] = 0;
      sums += e;
    });
    S sum = 0;
    for (int l = 0; l < lanes<S>; ++l) sum += sums[l];
    return sum;
  }

  void scale(S* scores, S factor, S* bias_sums) const {
    each([&](int64_t word, int live) {
      const V gradient = load(scores + word, live) * factor;
      store(scores + word, gradient, live);
      if (bias_sums) store(bias_sums + word, load(bias_sums + word, live) + gradient, live);
    });
  }

  // Calls visit(first word, live lanes) for each vector of a row.
  template <class Visit>
  __attribute__((always_inline)) void each(const Visit& visit) const {
    const int64_t whole = job.words / lanes<S> * lanes<S>;
    for (int64_t word = 0; word < whole; word += lanes<S>) visit(word, lanes<S>);
    if (whole < job.words) visit(whole, int(job.words - whole));
  }
};

}  // namespace ELMAN_NAMESPACE
