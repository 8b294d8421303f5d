// Functions of single numbers over views: up to six axes, each operand with strides of its own (in floats; 0 repeats it).
// Copying, transposing, slicing, joining and repeating are all COPY between two views.
#include "functions.h"
#include "simd.h"

// The order is that of OPERATIONS in ../wasm.ts.
enum {
  COPY, NEGATE, ABSOLUTE, ROOT, INVERSE, EXP, LOG, SINE, COSINE, TANGENT, LOGISTIC, SOFTPLUS, SWISH, LEAKY_RELU,
  FLOOR, CEILING, TRUNCATE, NON_ZERO, NOT, TO_HALF,
  PLUS, MINUS, TIMES, OVER, POWER, SMALLER, LARGER, EQUAL, LESS, LESS_OR_EQUAL,
  TIMES_PLUS, WHERE, CLIP,
};

// Rounded to the nearest float16, ties to even, and still a float32: the multiplication moves float16's subnormals.
static float to_half(float x) {
  union {
    float number;
    unsigned bits;
  } v = {x};
  unsigned sign = v.bits & 0x80000000u;
  v.bits ^= sign;
  if (v.bits < 0x38800000u) v.number = (v.number + 0.5f) - 0.5f;  // below 2^-14: multiples of 2^-24
  else if (v.bits < 0x7f800000u) {
    v.bits = (v.bits + 0xfffu + ((v.bits >> 13) & 1)) & ~0x1fffu;
    if (v.bits >= 0x47800000u) v.bits = 0x7f800000u;
  }
  v.bits |= sign;
  return v.number;
}

static float scalar(int operation, float a, float b) {
  switch (operation) {
    case LOG: return log_of(a);
    case SINE: return sine_of(a, 0);
    case COSINE: return sine_of(a, 1);
    case TO_HALF: return to_half(a);
    default: return power_of(a, b);
  }
}

INLINE V lanes(int operation, V a, V b) {
  float x[4], y[4];
  store(x, a), store(y, b);
  UNROLL for (int i = 0; i < 4; i++) x[i] = scalar(operation, x[i], y[i]);
  return load(x);
}

INLINE V as_number(V mask) { return wasm_v128_and(mask, CONSTANT(1)); }

INLINE V apply(int operation, float slope, V a, V b, V c) {
  switch (operation) {
    case COPY: return a;
    case NEGATE: return wasm_f32x4_neg(a);
    case ABSOLUTE: return wasm_f32x4_abs(a);
    case ROOT: return wasm_f32x4_sqrt(a);
    case INVERSE: return DIV(CONSTANT(1), a);
    case EXP: return exponential(a);
    case TANGENT: return hyperbolic_tangent(a);
    case LOGISTIC: return sigmoid(a);
    case SOFTPLUS: return softplus(a);
    case SWISH: return MUL(a, sigmoid(a));
    case LEAKY_RELU: return activate(LEAKY, slope, a);
    case FLOOR: return wasm_f32x4_floor(a);
    case CEILING: return wasm_f32x4_ceil(a);
    case TRUNCATE: return wasm_f32x4_trunc(a);
    case NON_ZERO: return as_number(wasm_f32x4_ne(a, ZERO));
    case NOT: return as_number(wasm_f32x4_eq(a, ZERO));
    case PLUS: return ADD(a, b);
    case MINUS: return SUB(a, b);
    case TIMES: return MUL(a, b);
    case OVER: return DIV(a, b);
    case SMALLER: return wasm_f32x4_min(a, b);
    case LARGER: return wasm_f32x4_max(a, b);
    case EQUAL: return as_number(wasm_f32x4_eq(a, b));
    case LESS: return as_number(wasm_f32x4_lt(a, b));
    case LESS_OR_EQUAL: return as_number(wasm_f32x4_le(a, b));
    case TIMES_PLUS: return multiply_add(a, b, c);
    case WHERE: return wasm_v128_bitselect(b, c, wasm_f32x4_ne(a, ZERO));
    case CLIP: return at_most(at_least(a, b), c);
    default: return lanes(operation, a, b);
  }
}

// Four numbers of a row, or the `count` that are left of it.
static V take(const float *p, int stride, int count) {
  if (stride == 0) return SPLAT(*p);
  if (count >= 4) {
    if (stride == 1) return load(p);
    return wasm_f32x4_make(p[0], p[stride], p[2 * stride], p[3 * stride]);
  }
  float x[4] = {0};
  for (int i = 0; i < count; i++) x[i] = p[i * stride];
  return load(x);
}

static void put(float *p, int stride, int count, V x) {
  if (count >= 4 && stride == 1) {
    store(p, x);
    return;
  }
  float y[4];
  store(y, x);
  for (int i = 0; i < 4 && i < count; i++) p[i * stride] = y[i];
}

enum { AXES = 6, OPERANDS = 4 };

typedef struct {
  int operation;
  int size[AXES];
  int stride[OPERANDS][AXES];  // of out, a, b and c
} Map;

// One row. Operands that an operation does not have are not looked at.
INLINE void map_row(int operation, float slope, int count, float *out, int so, const float *a, int sa, const float *b, int sb,
                    const float *c, int sc) {
  int i = 0;
  if (operation == COPY && so == 1 && sa == 1)
    for (; i + 4 <= count; i += 4) store(out + i, load(a + i));
  for (; i < count; i += 4) {
    V x = take(a + i * sa, sa, count - i), y = operation < PLUS ? x : take(b + i * sb, sb, count - i);
    V z = operation < TIMES_PLUS ? x : take(c + i * sc, sc, count - i);
    put(out + i * so, so, count - i, apply(operation, slope, x, y, z));
  }
}

void EXPORT(map)(const Map *m, float slope, float *out, const float *a, const float *b, const float *c) {
  const int inner = AXES - 1, *so = m->stride[0], *sa = m->stride[1], *sb = m->stride[2], *sc = m->stride[3];
  int at[AXES] = {0};
  for (;;) {
    map_row(m->operation, slope, m->size[inner], out, so[inner], a, sa[inner], b, sb[inner], c, sc[inner]);
    int axis = inner - 1;
    for (; axis >= 0; axis--) {
      out += so[axis], a += sa[axis], b += sb[axis], c += sc[axis];
      if (++at[axis] < m->size[axis]) break;
      out -= so[axis] * at[axis], a -= sa[axis] * at[axis], b -= sb[axis] * at[axis], c -= sc[axis] * at[axis];
      at[axis] = 0;
    }
    if (axis < 0) return;
  }
}
