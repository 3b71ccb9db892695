// tanh and the logistic function, within a few units in the last place over the whole line.
//
// Both come from exp(x) = 2^k (1 + p) with k an integer, p = exp(r) - 1 and |r| <= ln(2) / 2.
// Keeping p apart from the 1 is what makes tanh exact near zero, where exp(x) - 1 would cancel.
#pragma once

#include "simd.hpp"

namespace ELMAN_NAMESPACE {

template <class S>
struct Exponential;  // what differs between the two types

template <>
struct Exponential<float> {
  static constexpr int terms = 7;           // r^8 / 8! is 2^-26 of p
  static constexpr int mantissa_bits = 23;  // and the bias that an exponent is stored with
  static constexpr int bias = 127;
  static constexpr float to_integer = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
  static constexpr float largest = 88.0f;  // |x| up to which 2^k neither overflows nor vanishes
  static constexpr float tanh_saturates = 9.1f;  // 1 - tanh is under half a unit beyond
};

template <>
struct Exponential<double> {
  static constexpr int terms = 13;
  static constexpr int mantissa_bits = 52;
  static constexpr int bias = 1023;
  static constexpr double to_integer = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr double largest = 709.0;
  static constexpr double tanh_saturates = 19.1;
};

// exp(x) = scale * (1 + p), for x within the range where the exponent fits.
template <class S>
struct PowerOfTwo {
  Vector<S> scale, p;
};

template <class S>
ELMAN_INLINE PowerOfTwo<S> split_exponential(Vector<S> x) {
  using E = Exponential<S>;
  const Vector<S> shifted = fma(x, broadcast(S(1.44269504088896340736)), broadcast(E::to_integer));
  const Vector<S> k = shifted - E::to_integer;
  Vector<S> r = fma(k, broadcast(-E::ln2_high), x);
  r = fma(k, broadcast(-E::ln2_low), r);
  constexpr double reciprocal[] = {// 1 / n!
                                   1.0,
                                   1.0,
                                   1.0 / 2,
                                   1.0 / 6,
                                   1.0 / 24,
                                   1.0 / 120,
                                   1.0 / 720,
                                   1.0 / 5040,
                                   1.0 / 40320,
                                   1.0 / 362880,
                                   1.0 / 3628800,
                                   1.0 / 39916800,
                                   1.0 / 479001600,
                                   1.0 / 6227020800};
  Vector<S> sum = broadcast(S(reciprocal[E::terms]));
  ELMAN_UNROLL
  for (int n = E::terms - 1; n >= 2; --n) sum = fma(sum, r, broadcast(S(reciprocal[n])));
  const Bits<S> exponent = ((Bits<S>)shifted + E::bias) << E::mantissa_bits;
  return {(Vector<S>)exponent, fma(sum * r, r, r)};
}

// exp(x) where x <= 0; exactly 0 where it would be denormal.
template <class S>
ELMAN_INLINE Vector<S> exponential(Vector<S> x) {
  const PowerOfTwo<S> e = split_exponential<S>(larger(x, broadcast(-Exponential<S>::largest)));
  return fma(e.scale, e.p, e.scale);
}

template <class S>
ELMAN_INLINE Vector<S> tanh(Vector<S> x) {
  const Vector<S> size = smaller(magnitude<S>(x), broadcast(Exponential<S>::tanh_saturates));
  const PowerOfTwo<S> e = split_exponential<S>(size + size);
  const Vector<S> less_one = fma(e.scale, e.p, e.scale - S(1));  // exp(2|x|) - 1
  return with_sign_of<S>(less_one / (less_one + S(2)), x);
}

// 1 / (1 + exp(-x)): exact to the last places in both tails, since nothing is taken from one.
template <class S>
ELMAN_INLINE Vector<S> sigmoid(Vector<S> x) {
  const Vector<S> largest = broadcast(Exponential<S>::largest);
  const PowerOfTwo<S> e = split_exponential<S>(-smaller(larger(x, -largest), largest));
  return S(1) / (fma(e.scale, e.p, e.scale) + S(1));
}

}  // namespace ELMAN_NAMESPACE
