// Matrix products over gathered rows. A convolution is one: row = output pixel, and each tap of its kernel adds the
// product of a shifted pixel's channels with that tap's weights. Channels lie side by side.
#include "product.h"
#include "simd.h"

// Channel k of TILE rows times its weights.
INLINE void channel(V sum[TILE][2], const float *const x[TILE], int k, const float *weights, const int wide) {
  V w[2];
  UNROLL for (int v = 0; v < wide; v++) w[v] = load(weights + 4 * v);
  UNROLL for (int r = 0; r < TILE; r++) {
    V number = wasm_v128_load32_splat(x[r] + k);
    UNROLL for (int v = 0; v < wide; v++) sum[r][v] = multiply_add(number, w[v], sum[r][v]);
  }
}

// out[r] = bias + add[r] + sum over taps t and channels k of in[rows[r] + taps[t] + k] * weights[t][k],
// for TILE rows and 4 `wide` outputs: 8 accumulators stay in registers, a weight is loaded once for TILE rows.
// Four channels a turn save additions to addresses. A branch parts them: V8 loads ahead for all that stands together,
// and would run out of registers.
INLINE void tile(const float *in, const int *rows, const int *taps, int num_taps, int cin, const float *weights,
                 const float *bias, const float *add, const int *adds, float *out, const int *outs, const int wide) {
  V sum[TILE][2];
  UNROLL for (int r = 0; r < TILE; r++)
    UNROLL for (int v = 0; v < wide; v++) {
      sum[r][v] = bias ? load(bias + 4 * v) : ZERO;
      if (add) sum[r][v] = ADD(sum[r][v], load(add + adds[r] + 4 * v));
    }
  for (int t = 0; t < num_taps; t++) {
    const float *x[TILE];
    UNROLL for (int r = 0; r < TILE; r++) x[r] = in + rows[r] + taps[t];
    for (int left = cin;; left -= 4) {
      channel(sum, x, 0, weights, wide);
      if (left == 1) break;
      channel(sum, x, 1, weights + 4 * wide, wide);
      if (left == 2) break;
      channel(sum, x, 2, weights + 8 * wide, wide);
      if (left == 3) break;
      channel(sum, x, 3, weights + 12 * wide, wide);
      if (left == 4) break;
      weights += 16 * wide;
      UNROLL for (int r = 0; r < TILE; r++) x[r] += 4;
    }
    weights += 4 * wide * (((cin - 1) & 3) + 1);
  }
  UNROLL for (int r = 0; r < TILE; r++)
    UNROLL for (int v = 0; v < wide; v++) store(out + outs[r] + 4 * v, sum[r][v]);
}

// `count` rows, a multiple of TILE, in any order and also twice the same. `weights` are packed: panels of 8 outputs,
// [tap][channel][8] each; if an odd four outputs remain, the last panel is 4 wide. bias and add may be null.
void product(const float *in, const int *rows, int count, const int *taps, int num_taps, int cin, const float *weights,
             const float *bias, const float *add, const int *adds, float *out, const int *outs, int cout) {
  for (int o = 0; o < cout; o += 8) {
    const float *b = bias ? bias + o : 0, *a = add ? add + o : 0;
    if (cout - o > 4) {
      for (int r = 0; r < count; r += TILE)
        tile(in, rows + r, taps, num_taps, cin, weights, b, a, adds + r, out + o, outs + r, 2);
    } else {
      for (int r = 0; r < count; r += TILE)
        tile(in, rows + r, taps, num_taps, cin, weights, b, a, adds + r, out + o, outs + r, 1);
    }
    weights += 8 * num_taps * cin;
  }
}

// A grid of images x height x width pixels, which steps through `in`, `add` and `out` at strides of their own (in floats).
typedef struct {
  int images, height, width;
  int in_image, in_row, in_column;
  int add_image, add_row, add_column;
  int out_image, out_row, out_column;
  int cin, cout, num_taps;
  int taps[];  // offsets in floats from a pixel of `in`
} Convolution;

enum { BLOCK = 256 };  // rows at a time: their input stays in the second-level cache while the panels pass

void EXPORT(convolve)(const Convolution *c, const float *in, const float *weights, const float *bias, const float *add, float *out) {
  static int rows[BLOCK], adds[BLOCK], outs[BLOCK];
  int total = c->images * c->height * c->width, image = 0, y = 0, x = 0;
  for (int first = 0; first < total; first += BLOCK) {
    int count = total - first < BLOCK ? total - first : BLOCK;
    for (int r = 0; r < count; r++) {
      rows[r] = image * c->in_image + y * c->in_row + x * c->in_column;
      adds[r] = image * c->add_image + y * c->add_row + x * c->add_column;
      outs[r] = image * c->out_image + y * c->out_row + x * c->out_column;
      if (++x == c->width) {
        x = 0;
        if (++y == c->height) y = 0, image++;
      }
    }
    // what is missing of a tile is the last row again: the same numbers go to the same place
    for (; count % TILE; count++) rows[count] = rows[count - 1], adds[count] = adds[count - 1], outs[count] = outs[count - 1];
    product(in, rows, count, c->taps, c->num_taps, c->cin, weights, bias, add, adds, out, outs, c->cout);
  }
}

// Where a weight stands: output * out_stride + channel * in_stride + taps[t].
typedef struct {
  int cout, cin, out_stride, in_stride, num_taps;
  int taps[];
} Packing;

// Weights as `product` reads them; outputs are filled up with zeros to a multiple of 4.
void EXPORT(pack)(const Packing *p, const float *weights, float *out) {
  int filled = (p->cout + 3) & ~3;
  for (int first = 0; first < filled; first += 8) {
    int width = filled - first < 8 ? filled - first : 8;
    for (int t = 0; t < p->num_taps; t++)
      for (int k = 0; k < p->cin; k++)
        for (int o = first; o < first + width; o++)
          *out++ = o < p->cout ? weights[o * p->out_stride + k * p->in_stride + p->taps[t]] : 0;
  }
}

// Convolution in groups whose outputs do not fill vectors, a channel for itself above all: one output at a time.
// cin and cout are those of one group; weights are as in the file, [output][channel][tap].
void EXPORT(convolve_groups)(const Convolution *c, int groups, const float *in, const float *weights, const float *bias, float *out) {
  for (int image = 0; image < c->images; image++)
    for (int y = 0; y < c->height; y++)
      for (int x = 0; x < c->width; x++) {
        const float *from = in + image * c->in_image + y * c->in_row + x * c->in_column, *w = weights;
        float *to = out + image * c->out_image + y * c->out_row + x * c->out_column;
        for (int o = 0; o < groups * c->cout; o++) {
          float sum = bias ? bias[o] : 0;
          const float *channels = from + o / c->cout * c->cin;
          for (int k = 0; k < c->cin; k++)
            for (int t = 0; t < c->num_taps; t++) sum += channels[c->taps[t] + k] * *w++;
          to[o] = sum;
        }
      }
}
