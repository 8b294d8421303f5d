// Convolution with a 3x3 kernel and stride 1 by Winograd's F(4x4, 3x3) (Lavin and Gray 2016, arXiv 1509.09308): a tile of
// 6x6 pixels becomes 36 numbers a channel (B^T d B), which 36 matrix products mix, and 4x4 pixels come back (A^T m A).
// 36 multiplications instead of 144; what is left of the error is about 1e-5 of the values' size.
#include "product.h"
#include "simd.h"

enum { PLANES = 36, TILES = 8 };  // a block's planes of TILES tiles stay in the second-level cache
enum { GAP = 16 };                 // floats between planes, or all of them would fall into the same few sets of the cache

INLINE void to_planes(const V *d, const int step, V *out, const int out_step) {
  V d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
  V even = multiply_add(CONSTANT(-4), d2, d4), odd = multiply_add(CONSTANT(-4), d1, d3);
  V near = SUB(d4, d2), far = MUL(CONSTANT(2), SUB(d3, d1));
  out[0] = multiply_add(CONSTANT(4), d[0], multiply_add(CONSTANT(-5), d2, d4));
  out[out_step] = ADD(even, odd);
  out[2 * out_step] = SUB(even, odd);
  out[3 * out_step] = ADD(near, far);
  out[4 * out_step] = SUB(near, far);
  out[5 * out_step] = multiply_add(CONSTANT(4), d1, multiply_add(CONSTANT(-5), d3, d[5 * step]));
}

INLINE void from_planes(const V *m, const int step, V *out, const int out_step) {
  V sum = ADD(m[step], m[2 * step]), difference = SUB(m[step], m[2 * step]);
  V sum2 = ADD(m[3 * step], m[4 * step]), difference2 = SUB(m[3 * step], m[4 * step]);
  out[0] = ADD(ADD(m[0], sum), sum2);
  out[out_step] = multiply_add(CONSTANT(2), difference2, difference);
  out[2 * out_step] = multiply_add(CONSTANT(4), sum2, sum);
  out[3 * out_step] = ADD(multiply_add(CONSTANT(8), difference2, difference), m[5 * step]);
}

// Strides in floats. `in` begins at the upper left pixel of the border; it must be readable, and zero where there is no
// image, up to whole tiles: 4 ceil(height / 4) + 2 rows and as many columns by width.
typedef struct {
  int images, height, width;  // of the output
  int in_image, in_row, in_column;
  int add_image, add_row, add_column;
  int out_image, out_row, out_column;
  int cin, cout;  // cout a multiple of 4
} Winograd;

// Floats that `winograd` wants as its workspace.
int EXPORT(winograd_space)(int cin, int cout) { return PLANES * (TILES * (((cin + 3) & ~3) + cout) + 2 * GAP); }

void EXPORT(winograd)(const Winograd *c, const float *in, const float *weights, const float *bias, const float *add, float *out, float *space) {
  static int rows[TILES], outs[TILES];
  const int cin = (c->cin + 3) & ~3, cout = c->cout, none = 0;
  const int down = (c->height + 3) / 4, across = (c->width + 3) / 4, total = c->images * down * across;
  const int in_plane = TILES * cin + GAP, out_plane = TILES * cout + GAP;
  float *planes = space, *products = space + PLANES * in_plane;
  for (int t = 0; t < TILES; t++) rows[t] = t * cin, outs[t] = t * cout;
  for (int first = 0; first < total; first += TILES) {
    const int count = total - first < TILES ? total - first : TILES;
    for (int t = 0; t < count; t++) {
      int x = (first + t) % across, y = (first + t) / across % down, image = (first + t) / across / down;
      const float *from = in + image * c->in_image + 4 * y * c->in_row + 4 * x * c->in_column;
      for (int k = 0; k < cin; k += 4) {
        V d[36], e[36];
        for (int i = 0; i < 6; i++)
          for (int j = 0; j < 6; j++) d[6 * i + j] = load(from + i * c->in_row + j * c->in_column + k);
        for (int j = 0; j < 6; j++) to_planes(d + j, 6, e + j, 6);
        for (int i = 0; i < 6; i++) to_planes(e + 6 * i, 1, d + 6 * i, 1);
        for (int p = 0; p < PLANES; p++) store(planes + p * in_plane + t * cin + k, d[p]);
      }
    }
    // Rows behind the last tile hold what an earlier block left there, and nobody reads what comes of them.
    for (int p = 0; p < PLANES; p++)
      product(planes + p * in_plane, rows, (count + TILE - 1) / TILE * TILE, &none, 1, c->cin,
              weights + p * c->cin * cout, 0, 0, 0, products + p * out_plane, outs, cout);
    for (int t = 0; t < count; t++) {
      int x = (first + t) % across * 4, y = (first + t) / across % down * 4, image = (first + t) / across / down;
      int height = c->height - y < 4 ? c->height - y : 4, width = c->width - x < 4 ? c->width - x : 4;
      const float *more = add ? add + image * c->add_image + y * c->add_row + x * c->add_column : 0;
      float *to = out + image * c->out_image + y * c->out_row + x * c->out_column;
      for (int k = 0; k < cout; k += 4) {
        V m[36], e[24], o[16], b = bias ? load(bias + k) : ZERO;
        for (int p = 0; p < PLANES; p++) m[p] = load(products + p * out_plane + t * cout + k);
        for (int j = 0; j < 6; j++) from_planes(m + j, 6, e + j, 6);
        for (int i = 0; i < 4; i++) from_planes(e + 6 * i, 1, o + 4 * i, 1);
        for (int i = 0; i < height; i++)
          for (int j = 0; j < width; j++) {
            V pixel = ADD(o[4 * i + j], b);
            if (more) pixel = ADD(pixel, load(more + i * c->add_row + j * c->add_column + k));
            store(to + i * c->out_row + j * c->out_column + k, pixel);
          }
      }
    }
  }
}

// Weights [cout][cin][3][3] as 36 planes (G g G^T), each packed in panels as `product` reads them.
void EXPORT(pack_winograd)(const float *weights, float *out, int cout, int cin) {
  static const float G[6][3] = {
      {1 / 4.f, 0, 0}, {-1 / 6.f, -1 / 6.f, -1 / 6.f}, {-1 / 6.f, 1 / 6.f, -1 / 6.f},
      {1 / 24.f, 1 / 12.f, 1 / 6.f}, {1 / 24.f, -1 / 12.f, 1 / 6.f}, {0, 0, 1},
  };
  const int filled = (cout + 3) & ~3;
  for (int o = 0; o < filled; o++) {
    int first = o & ~7, width = filled - first < 8 ? filled - first : 8;
    for (int k = 0; k < cin; k++) {
      const float *g = weights + (o * cin + k) * 9;
      float *to = out + first * cin + k * width + o - first, half[6][3];
      for (int i = 0; i < 6; i++)
        for (int j = 0; j < 3; j++) half[i][j] = o < cout ? G[i][0] * g[j] + G[i][1] * g[3 + j] + G[i][2] * g[6 + j] : 0;
      for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++)
          to[(6 * i + j) * cin * filled] = half[i][0] * G[j][0] + half[i][1] * G[j][1] + half[i][2] * G[j][2];
    }
  }
}
