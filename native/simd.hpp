// Vectors of one width, and the few operations on them that the language lacks.
//
// Included by isa/*.cpp only, after they define
//   ELMAN_NAMESPACE     the namespace that keeps this set's code apart from the others',
//   ELMAN_VECTOR_BYTES  how wide a vector is,
//   ELMAN_REGISTERS     how many vectors the processor holds.
// No standard library here or below: an inline function of its would be compiled once per set
// and the linker would keep any one of them, perhaps the one that this processor cannot run.
#pragma once

#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
#define ELMAN_UNROLL _Pragma("GCC unroll 32")
#else
#define ELMAN_UNROLL _Pragma("clang loop unroll(full)")
#endif
#define ELMAN_INLINE static inline __attribute__((always_inline))

namespace ELMAN_NAMESPACE {

template <class S>
struct Shape;

template <>
struct Shape<float> {
  typedef int32_t Integer;
  typedef float Vector __attribute__((vector_size(ELMAN_VECTOR_BYTES)));
  typedef float Loose __attribute__((vector_size(ELMAN_VECTOR_BYTES), aligned(4)));
  typedef int32_t Bits __attribute__((vector_size(ELMAN_VECTOR_BYTES)));
};

template <>
struct Shape<double> {
  typedef int64_t Integer;
  typedef double Vector __attribute__((vector_size(ELMAN_VECTOR_BYTES)));
  typedef double Loose __attribute__((vector_size(ELMAN_VECTOR_BYTES), aligned(8)));
  typedef int64_t Bits __attribute__((vector_size(ELMAN_VECTOR_BYTES)));
};

template <class S>
using Vector = typename Shape<S>::Vector;
template <class S>
using Bits = typename Shape<S>::Bits;

template <class S>
constexpr int lanes = ELMAN_VECTOR_BYTES / sizeof(S);

typedef Vector<float> Floats;
typedef Vector<double> Doubles;

// a * b + c, rounded once where the set can: written out, because a compiler that contracts on
// its own may do so differently in two copies of one formula, and bits would depend on the tile.
#if ELMAN_VECTOR_BYTES == 64
ELMAN_INLINE Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
ELMAN_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) { return _mm512_fmadd_pd(a, b, c); }
#elif ELMAN_VECTOR_BYTES == 32
ELMAN_INLINE Floats fma(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
ELMAN_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) { return _mm256_fmadd_pd(a, b, c); }
#elif defined(__aarch64__)
ELMAN_INLINE Floats fma(Floats a, Floats b, Floats c) { return vfmaq_f32(c, a, b); }
ELMAN_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) { return vfmaq_f64(c, a, b); }
#else
ELMAN_INLINE Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
ELMAN_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) { return a * b + c; }
#endif

template <class S>
ELMAN_INLINE Vector<S> broadcast(S value) {
  return value - Vector<S>{};
}

template <class S>
ELMAN_INLINE Vector<S> load(const S* from) {
  return *reinterpret_cast<const typename Shape<S>::Loose*>(from);
}

template <class S>
ELMAN_INLINE void store(S* to, Vector<S> value) {
  *reinterpret_cast<typename Shape<S>::Loose*>(to) = value;
}

// The smaller and the larger of two, and x where that is NaN.
#if ELMAN_VECTOR_BYTES == 64  // here GCC makes two instructions of the conditional
ELMAN_INLINE Floats smaller(Floats x, Floats y) { return _mm512_min_ps(y, x); }
ELMAN_INLINE Doubles smaller(Doubles x, Doubles y) { return _mm512_min_pd(y, x); }
ELMAN_INLINE Floats larger(Floats x, Floats y) { return _mm512_max_ps(y, x); }
ELMAN_INLINE Doubles larger(Doubles x, Doubles y) { return _mm512_max_pd(y, x); }
#else
template <class V>
ELMAN_INLINE V smaller(V x, V y) {
  return y < x ? y : x;
}
template <class V>
ELMAN_INLINE V larger(V x, V y) {
  return y > x ? y : x;
}
#endif

// The first `count` lanes; the others read as zero, and are not written.
template <class S>
ELMAN_INLINE Vector<S> load(const S* from, int count) {
  if (count == lanes<S>) return load(from);
  alignas(ELMAN_VECTOR_BYTES) S some[lanes<S>] = {};
  for (int i = 0; i < count; ++i) some[i] = from[i];
  return load<S>(some);
}

template <class S>
ELMAN_INLINE void store(S* to, Vector<S> value, int count) {
  if (count == lanes<S>) return store(to, value);
  alignas(ELMAN_VECTOR_BYTES) S some[lanes<S>];
  store<S>(some, value);
  for (int i = 0; i < count; ++i) to[i] = some[i];
}

// Brings both cache lines that a vector may touch. By loads: measured on Zen 4, a prefetch
// instruction is dropped where the page's translation is not at hand, and then gains nothing.
template <class S>
ELMAN_INLINE void touch(const S* vector) {
  *static_cast<const volatile S*>(vector);
  *static_cast<const volatile S*>(vector + lanes<S> - 1);
}

// Lanes of a and b in turn: of their first halves, or of their second ones.
#if defined(__clang__)
template <class Index, Index... i>
struct Sequence {};

template <class S, bool second, class Index, Index... i>
ELMAN_INLINE Vector<S> interleave(Vector<S> a, Vector<S> b, Sequence<Index, i...>) {
  constexpr Index width = lanes<S>, start = second ? width / 2 : 0;
  return __builtin_shufflevector(a, b, (start + i / 2 + i % 2 * width)...);
}

template <class S, bool second>
ELMAN_INLINE Vector<S> interleave(Vector<S> a, Vector<S> b) {
  return interleave<S, second>(a, b, __make_integer_seq<Sequence, int, lanes<S>>());
}
#else
template <class S, bool second>
ELMAN_INLINE Vector<S> interleave(Vector<S> a, Vector<S> b) {
  constexpr int width = lanes<S>, start = second ? width / 2 : 0;
  Bits<S> pick{};
  ELMAN_UNROLL
  for (int i = 0; i < width; ++i) pick[i] = start + i / 2 + i % 2 * width;
  return __builtin_shuffle(a, b, pick);
}
#endif

// Rows become columns. An element's row and lane, written as one binary number, are rotated by one
// digit in each round; after all digits of the lane they have changed places.
template <class S>
ELMAN_INLINE void transpose(Vector<S> (&rows)[lanes<S>]) {
  constexpr int half = lanes<S> / 2;
  ELMAN_UNROLL
  for (int round = 1; round < lanes<S>; round *= 2) {
    Vector<S> mixed[lanes<S>];
    ELMAN_UNROLL
    for (int i = 0; i < half; ++i) {
      mixed[2 * i] = interleave<S, false>(rows[i], rows[i + half]);
      mixed[2 * i + 1] = interleave<S, true>(rows[i], rows[i + half]);
    }
    ELMAN_UNROLL
    for (int i = 0; i < lanes<S>; ++i) rows[i] = mixed[i];
  }
}

template <class S>
ELMAN_INLINE Vector<S> magnitude(Vector<S> x) {
  const Bits<S> sign = (Bits<S>)broadcast<S>(S(-0.0));
  return (Vector<S>)((Bits<S>)x & ~sign);
}

template <class S>
ELMAN_INLINE Vector<S> with_sign_of(Vector<S> size, Vector<S> sign_source) {
  const Bits<S> sign = (Bits<S>)broadcast<S>(S(-0.0));
  return (Vector<S>)((Bits<S>)size | ((Bits<S>)sign_source & sign));
}

// Denormal numbers are flushed to zero while one of these lives: they slow a decaying
// recurrence up to 27 times. The caller's mode comes back with the destructor.
class DenormalsFlushed {
 public:
#if defined(__x86_64__)
  DenormalsFlushed() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040u); }
  ~DenormalsFlushed() { _mm_setcsr(before_); }

 private:
  unsigned before_;
#elif defined(__aarch64__)
  DenormalsFlushed() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
    __asm__ volatile("msr fpcr, %0" : : "r"(before_ | (uint64_t(1) << 24)));
  }
  ~DenormalsFlushed() { __asm__ volatile("msr fpcr, %0" : : "r"(before_)); }

 private:
  uint64_t before_;
#endif
 public:
  DenormalsFlushed(const DenormalsFlushed&) = delete;
  DenormalsFlushed& operator=(const DenormalsFlushed&) = delete;
};

}  // namespace ELMAN_NAMESPACE
