// Vectors of four float32, for wasm32 with its plain SIMD: no relaxed instructions, so that every browser gives the same bits.
#pragma once
#include <wasm_simd128.h>

typedef v128_t V;

#define EXPORT(name) __attribute__((export_name(#name))) name
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#define CONSTANT(x) wasm_f32x4_const_splat(x)
#define SPLAT wasm_f32x4_splat
#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul
#define DIV wasm_f32x4_div
#define ZERO CONSTANT(0)

INLINE V load(const float *p) { return wasm_v128_load(p); }
INLINE void store(float *p, V x) { wasm_v128_store(p, x); }
INLINE V multiply_add(V a, V b, V c) { return ADD(MUL(a, b), c); }
// Either bound leaves NaN as it is.
INLINE V at_most(V x, V bound) { return wasm_f32x4_pmin(x, bound); }
INLINE V at_least(V x, V bound) { return wasm_f32x4_pmax(x, bound); }
