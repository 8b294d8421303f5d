// Vectors of four float32, for wasm32 with its plain SIMD: no relaxed instructions, so that every browser gives the same bits.
#pragma once
#include <wasm_simd128.h>

typedef v128_t V;

#define EXPORT(name) __attribute__((export_name(#name))) name
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#define SPLAT wasm_f32x4_splat
#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul
#define DIV wasm_f32x4_div
#define ZERO wasm_f32x4_const_splat(0)
// A number in all lanes. Read from memory where the compiler cannot look: V8 builds a constant vector anew from four
// instructions wherever it is used, but broadcasts a number from memory with one.
#define CONSTANT(x) ({ static const float number = x; wasm_v128_load32_splat(unseen(&number)); })

INLINE const float *unseen(const float *p) {
  __asm__("" : "+r"(p));
  return p;
}
INLINE V load(const float *p) { return wasm_v128_load(p); }
INLINE void store(float *p, V x) { wasm_v128_store(p, x); }
INLINE V multiply_add(V a, V b, V c) { return ADD(MUL(a, b), c); }
// Either bound leaves NaN as it is.
INLINE V at_most(V x, V bound) { return wasm_f32x4_pmin(x, bound); }
INLINE V at_least(V x, V bound) { return wasm_f32x4_pmax(x, bound); }
