// Functions that a freestanding program must bring along. Of vectors those that networks use on whole images, to about
// 1e-7; of doubles those that are rare, to about 1e-12, far below the rounding of the float32 they are stored in.
#pragma once
#include "simd.h"

// e^x = 2^n e^r with |r| <= ln(2)/2; the polynomial is the minimax one of its degree. Infinite from 88.73 on.
INLINE V exponential(V x) {
  x = at_least(at_most(x, CONSTANT(88.8f)), CONSTANT(-87.3f));
  V n = wasm_f32x4_nearest(MUL(x, CONSTANT(1.44269504f)));
  V r = multiply_add(n, CONSTANT(-0.693359375f), x);
  r = multiply_add(n, CONSTANT(2.12194440e-4f), r);
  V p = multiply_add(CONSTANT(0.00139412f), r, CONSTANT(0.00836324f));
  p = multiply_add(p, r, CONSTANT(0.04166637f));
  p = multiply_add(p, r, CONSTANT(0.16666577f));
  p = multiply_add(p, r, CONSTANT(0.5f));
  p = ADD(multiply_add(MUL(p, r), r, r), CONSTANT(1));
  V power = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(126)), 23);  // 2^(n - 1): n may be 128
  return MUL(MUL(p, power), CONSTANT(2));
}

INLINE V sigmoid(V x) { return DIV(CONSTANT(1), ADD(CONSTANT(1), exponential(wasm_f32x4_neg(x)))); }

// Near 0 an odd polynomial, which keeps the relative precision; beyond it 2 sigmoid(2 x) - 1.
INLINE V hyperbolic_tangent(V x) {
  V square = MUL(x, x), p = multiply_add(CONSTANT(-0.00628365f), square, CONSTANT(0.02112145f));
  p = multiply_add(p, square, CONSTANT(-0.05387631f));
  p = multiply_add(p, square, CONSTANT(0.13332932f));
  p = multiply_add(p, square, CONSTANT(-0.33333331f));
  V small = multiply_add(MUL(x, square), p, x), large = SUB(MUL(CONSTANT(2), sigmoid(ADD(x, x))), CONSTANT(1));
  return wasm_v128_bitselect(small, large, wasm_f32x4_lt(wasm_f32x4_abs(x), CONSTANT(0.6f)));
}

// What follows a normalisation in one go with it.
enum { NOTHING, SILU, LEAKY, SIGMOID, TANH };

// `slope` is what LEAKY multiplies negative numbers with; 0 makes it ReLU.
INLINE V activate(int activation, float slope, V x) {
  switch (activation) {
    case SILU: return MUL(x, sigmoid(x));
    case LEAKY: return wasm_v128_bitselect(MUL(x, SPLAT(slope)), x, wasm_f32x4_lt(x, ZERO));
    case SIGMOID: return sigmoid(x);
    case TANH: return hyperbolic_tangent(x);
    default: return x;
  }
}

double exp_of(double x);
double log_of(double x);
double power_of(double x, double y);
// sin(x), and cos(x) if `quarter` is 1: a quarter of a turn further.
double sine_of(double x, int quarter);
