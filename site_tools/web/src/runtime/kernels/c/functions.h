// Functions that a freestanding program must bring along. Of vectors those that networks use on whole images, to about
// 1e-7; of doubles those that are rare, to about 1e-12, far below the rounding of the float32 they are stored in.
#pragma once
#include "simd.h"

// e^x = 2^n e^r with |r| <= ln(2)/2; the polynomial is the minimax one of its degree. A number added to 1.5 * 2^23 is
// rounded, and its whole part stands in the lowest bits: with `bias` added too, in those of a power of 2 moved by 23.
// The result is e^x 2^(bias - 127).
INLINE V scaled_exponential(V x, V shifter) {
  x = at_least(at_most(x, CONSTANT(88.8f)), CONSTANT(-87.3f));
  V shifted = multiply_add(x, CONSTANT(1.44269504f), shifter), n = SUB(shifted, shifter);
  V r = multiply_add(n, CONSTANT(2.12194440e-4f), multiply_add(n, CONSTANT(-0.693359375f), x));  // - n ln(2), in two parts
  V p = multiply_add(CONSTANT(0.00139412f), r, CONSTANT(0.00836324f));
  p = multiply_add(p, r, CONSTANT(0.04166637f));
  p = multiply_add(p, r, CONSTANT(0.16666577f));
  p = multiply_add(p, r, CONSTANT(0.5f));
  p = ADD(multiply_add(MUL(p, r), r, r), CONSTANT(1));
  return MUL(p, wasm_i32x4_shl(shifted, 23));
}

// Infinite from 88.73 on; n may then be 128, so that 2^n is taken in two steps.
INLINE V exponential(V x) {
  V half = scaled_exponential(x, CONSTANT(12582912 + 126));
  return ADD(half, half);
}

INLINE V sigmoid(V x) {
  V e = scaled_exponential(wasm_f32x4_neg(x), CONSTANT(12582912 + 127)), one = CONSTANT(1);
  return DIV(one, ADD(one, e));
}

// Near 0 an odd polynomial, which keeps the relative precision; beyond it 2 sigmoid(2 x) - 1.
INLINE V hyperbolic_tangent(V x) {
  V square = MUL(x, x), p = multiply_add(CONSTANT(-0.00628365f), square, CONSTANT(0.02112145f));
  p = multiply_add(p, square, CONSTANT(-0.05387631f));
  p = multiply_add(p, square, CONSTANT(0.13332932f));
  p = multiply_add(p, square, CONSTANT(-0.33333331f));
  V small = multiply_add(MUL(x, square), p, x), large = SUB(MUL(CONSTANT(2), sigmoid(ADD(x, x))), CONSTANT(1));
  return wasm_v128_bitselect(small, large, wasm_f32x4_lt(wasm_f32x4_abs(x), CONSTANT(0.6f)));
}

// max(x, 0) + log(1 + e^-|x|); the logarithm is 2 artanh(e / (2 + e)) by its series, precise also where e is tiny.
INLINE V softplus(V x) {
  V e = exponential(wasm_f32x4_neg(wasm_f32x4_abs(x))), s = DIV(e, ADD(e, CONSTANT(2))), square = MUL(s, s);
  V p = multiply_add(CONSTANT(2 / 13.f), square, CONSTANT(2 / 11.f));
  p = multiply_add(p, square, CONSTANT(2 / 9.f));
  p = multiply_add(p, square, CONSTANT(2 / 7.f));
  p = multiply_add(p, square, CONSTANT(2 / 5.f));
  p = multiply_add(p, square, CONSTANT(2 / 3.f));
  p = multiply_add(p, square, CONSTANT(2));
  return multiply_add(s, p, at_least(x, ZERO));
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
