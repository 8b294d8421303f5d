// The rare functions, in double precision by their Taylor series after the usual reduction of the argument.
#include "functions.h"

typedef union {
  double number;
  unsigned long long bits;
} Double;

static const double INFINITE = __builtin_inf(), UNDEFINED = __builtin_nan("");

static double horner(const double *coefficients, int count, double x) {
  double sum = 0;
  for (int i = 0; i < count; i++) sum = sum * x + coefficients[i];
  return sum;
}

double exp_of(double x) {
  static const double inverse_factorials[] = {1 / 479001600., 1 / 39916800., 1 / 3628800., 1 / 362880., 1 / 40320., 1 / 5040., 1 / 720.,
                                              1 / 120.,       1 / 24.,       1 / 6.,       1 / 2.,      1,          1};
  if (!(x < 709)) return x != x ? x : INFINITE;
  if (x < -708) return 0;
  double n = __builtin_nearbyint(x * 1.4426950408889634);
  Double power = {.bits = (unsigned long long)((long long)n + 1023) << 52};
  return horner(inverse_factorials, 13, x - n * 0.6931471803691238 - n * 1.9082149292705877e-10) * power.number;
}

double log_of(double x) {
  static const double odd[] = {2 / 15., 2 / 13., 2 / 11., 2 / 9., 2 / 7., 2 / 5., 2 / 3., 2};
  if (!(x > 0)) return x == 0 ? -INFINITE : UNDEFINED;
  if (x == INFINITE) return x;
  Double mantissa = {x};
  int exponent = (int)(mantissa.bits >> 52) - 1023;
  mantissa.bits = (mantissa.bits & 0xfffffffffffffull) | 0x3ff0000000000000ull;
  double m = mantissa.number;
  if (m > 1.4142135623730951) m /= 2, exponent++;
  double s = (m - 1) / (m + 1);
  return exponent * 0.6931471805599453 + s * horner(odd, 8, s * s);
}

double power_of(double x, double y) {
  if (y == 0 || x == 1) return 1;
  double size = x < 0 ? -x : x, half = y / 2;
  int whole = y == __builtin_trunc(y), odd = whole && half != __builtin_trunc(half);
  double result = size == 0 ? (y < 0 ? INFINITE : 0) : exp_of(y * log_of(size));
  if (x < 0) return !whole ? UNDEFINED : odd ? -result : result;
  return result;
}

double sine_of(double x, int quarter) {
  static const double odd[] = {1 / 6227020800., -1 / 39916800., 1 / 362880., -1 / 5040., 1 / 120., -1 / 6., 1};
  static const double even[] = {-1 / 87178291200., 1 / 479001600., -1 / 3628800., 1 / 40320., -1 / 720., 1 / 24., -1 / 2., 1};
  if (x - x != 0) return UNDEFINED;
  double n = __builtin_nearbyint(x * 0.6366197723675814);
  double r = x - n * 1.570796326734125614 - n * 6.077100506506192e-11;  // pi/2 in two parts, the first short: exact for |n| < 2^20
  int turn = (int)((long long)n + quarter) & 3;
  double value = turn & 1 ? horner(even, 8, r * r) : r * horner(odd, 7, r * r);
  return turn & 2 ? -value : value;
}
