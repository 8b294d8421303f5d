// Sums, means and extremes over some axes of a view, and over the windows of a pooling; gathering by index.
#include "functions.h"
#include "simd.h"

// The order is that of REDUCTIONS in ../wasm.ts.
enum { SUM, MEAN, LARGEST, SMALLEST, PRODUCT, LENGTH, SUM_OF_SQUARES };
enum { AXES = 6 };

typedef struct {
  int reduction;
  int kept[AXES], out_stride[AXES], in_stride[AXES];
  int gone[AXES], gone_stride[AXES];
} Reduce;

// The next position along up to six axes, and its offset; 0 when all have been visited.
INLINE int advance(const int *size, const int *stride, int *at, int *offset) {
  for (int axis = AXES - 1; axis >= 0; axis--) {
    *offset += stride[axis];
    if (++at[axis] < size[axis]) return 1;
    *offset -= stride[axis] * at[axis];
    at[axis] = 0;
  }
  return 0;
}

void EXPORT(reduce)(const Reduce *c, const float *in, float *out) {
  int at[AXES] = {0}, from = 0, to = 0, to_at[AXES] = {0};
  const int reduction = c->reduction;
  do {
    int inside[AXES] = {0}, offset = 0;
    double value = reduction == PRODUCT ? 1 : reduction == LARGEST ? -__builtin_inf() : reduction == SMALLEST ? __builtin_inf() : 0, count = 0;
    do {
      double x = in[from + offset];
      switch (reduction) {
        case LARGEST: value = x > value || x != x ? x : value; break;
        case SMALLEST: value = x < value || x != x ? x : value; break;
        case PRODUCT: value *= x; break;
        case LENGTH:
        case SUM_OF_SQUARES: value += x * x; break;
        default: value += x;
      }
      count++;
    } while (advance(c->gone, c->gone_stride, inside, &offset));
    out[to] = reduction == MEAN ? value / count : reduction == LENGTH ? __builtin_sqrt(value) : value;
    advance(c->kept, c->out_stride, to_at, &to);
  } while (advance(c->kept, c->in_stride, at, &from));
}

typedef struct {
  int reduction;  // LARGEST or MEAN
  int images, height, width, channels;  // of the output
  int in_height, in_width, in_image, in_row, in_column;
  int out_image, out_row, out_column;
  int kernel_height, kernel_width, stride_y, stride_x, top, left;
  int count_margin;  // whether what lies beyond the edge counts for the mean
} Pool;

void EXPORT(pool)(const Pool *c, const float *in, float *out) {
  for (int image = 0; image < c->images; image++)
    for (int y = 0; y < c->height; y++)
      for (int x = 0; x < c->width; x++) {
        int y0 = y * c->stride_y - c->top, x0 = x * c->stride_x - c->left;
        int y1 = y0 + c->kernel_height, x1 = x0 + c->kernel_width, whole = c->kernel_height * c->kernel_width;
        if (y0 < 0) y0 = 0;
        if (x0 < 0) x0 = 0;
        if (y1 > c->in_height) y1 = c->in_height;
        if (x1 > c->in_width) x1 = c->in_width;
        float count = c->count_margin ? whole : (y1 - y0) * (x1 - x0);
        for (int k = 0; k < c->channels; k += 4) {
          V value = c->reduction == LARGEST ? CONSTANT(-__builtin_inff()) : ZERO;
          for (int i = y0; i < y1; i++)
            for (int j = x0; j < x1; j++) {
              V pixel = load(in + image * c->in_image + i * c->in_row + j * c->in_column + k);
              value = c->reduction == LARGEST ? wasm_f32x4_max(value, pixel) : ADD(value, pixel);
            }
          if (c->reduction == MEAN) value = DIV(value, SPLAT(count));
          store(out + image * c->out_image + y * c->out_row + x * c->out_column + k, value);
        }
      }
}

// out[i][j][:] = in[i][indices[j]][:] with [outer][size][inner] in `in`; a negative index counts from the end.
// Returns 0, or 1 if an index lies outside.
int EXPORT(gather)(const float *in, const float *indices, float *out, int outer, int size, int count, int inner) {
  for (int i = 0; i < outer; i++)
    for (int j = 0; j < count; j++) {
      int index = indices[j] < 0 ? indices[j] + size : indices[j];
      if (index < 0 || index >= size) return 1;
      const float *from = in + (i * size + index) * inner;
      for (int k = 0; k < inner; k++) *out++ = from[k];
    }
  return 0;
}
