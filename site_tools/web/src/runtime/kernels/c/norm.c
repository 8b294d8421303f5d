// Group normalisation (Wu and He 2018, arXiv 1803.08494) of images whose channels lie side by side, and what follows it
// in convolutional denoisers: x * scale + shift with one row for each image (FiLM), then an activation.
#include "functions.h"
#include "simd.h"

typedef struct {
  int images, height, width, channels, groups;
  int in_image, in_row, in_column;
  int out_image, out_row, out_column;
  int scale_image, shift_image;  // from one image's row to the next; 0: all images share it
  int activation;
} Norm;

enum { LINE = 4 };  // vectors that are summed up together: a line of the cache

// Sums over an image of the differences from its first pixel and of their squares, for `vectors` of channels.
INLINE void sum_up(const Norm *c, const float *in, float *sums, float *squares, const int vectors) {
  V pivot[LINE], sum[LINE], square[LINE];
  UNROLL for (int v = 0; v < vectors; v++) pivot[v] = load(in + 4 * v), sum[v] = square[v] = ZERO;
  for (int y = 0; y < c->height; y++)
    for (int x = 0; x < c->width; x++)
      UNROLL for (int v = 0; v < vectors; v++) {
        V difference = SUB(load(in + y * c->in_row + x * c->in_column + 4 * v), pivot[v]);
        sum[v] = ADD(sum[v], difference);
        square[v] = multiply_add(difference, difference, square[v]);
      }
  UNROLL for (int v = 0; v < vectors; v++) store(sums + 4 * v, sum[v]), store(squares + 4 * v, square[v]);
}

// gamma, beta: [channels]. scale, shift: channels side by side, or null. space: 2 * channels, filled up to vectors, floats.
// One pass over the pixels finds mean and variance. Differences from a pixel of the same channel keep it precise where the
// mean is large; the groups' variance is put together from the channels' own and from how far their means lie apart.
void EXPORT(group_norm)(const Norm *c, float epsilon, float slope, const float *in, const float *gamma, const float *beta, const float *scale,
                        const float *shift, float *out, float *space) {
  const int filled = (c->channels + 3) & ~3, size = c->channels / c->groups;
  const double pixels = (double)c->height * c->width;
  float *a = space, *b = space + filled;
  for (int image = 0; image < c->images; image++) {
    const float *from = in + image * c->in_image;
    int first = 0;
    for (; first + 4 * LINE <= filled; first += 4 * LINE) sum_up(c, from + first, a + first, b + first, LINE);
    for (; first < filled; first += 4) sum_up(c, from + first, a + first, b + first, 1);
    for (first = 0; first < c->channels; first += size) {
      double mean = 0, squares = 0;
      for (int k = first; k < first + size; k++) mean += from[k] + a[k] / pixels;
      mean /= size;
      for (int k = first; k < first + size; k++) {
        double apart = from[k] + a[k] / pixels - mean;
        squares += b[k] - a[k] * (a[k] / pixels) + apart * apart * pixels;
      }
      double inverse = 1 / __builtin_sqrt((squares > 0 ? squares : 0) / (size * pixels) + epsilon);
      for (int k = first; k < first + size; k++) {
        double factor = inverse * gamma[k], offset = beta[k] - mean * factor;
        if (scale) factor *= scale[image * c->scale_image + k], offset *= scale[image * c->scale_image + k];
        if (shift) offset += shift[image * c->shift_image + k];
        a[k] = factor, b[k] = offset;
      }
    }
    for (int y = 0; y < c->height; y++)
      for (int x = 0; x < c->width; x++) {
        const float *pixel = from + y * c->in_row + x * c->in_column;
        float *to = out + image * c->out_image + y * c->out_row + x * c->out_column;
        for (int k = 0; k < filled; k += 4)
          store(to + k, activate(c->activation, slope, multiply_add(load(pixel + k), load(a + k), load(b + k))));
      }
  }
}

// The margin of images that a convolution reads beyond their edges, cleared anew in every run: the memory is shared with
// other tensors and other batch sizes.
typedef struct {
  int images, rows, columns, channels;  // with the margin, channels as they are stored
  int top, left, bottom, right;
} Margin;

static float *clear(float *out, int size) {
  for (int k = 0; k < size; k += 4) store(out + k, ZERO);
  return out + size;
}

void EXPORT(clear_margin)(const Margin *c, float *out) {
  const int row = c->columns * c->channels, inside = (c->columns - c->left - c->right) * c->channels;
  for (int image = 0; image < c->images; image++) {
    out = clear(out, c->top * row + c->left * c->channels);
    for (int y = c->top; y < c->rows - c->bottom - 1; y++) out = clear(out + inside, (c->right + c->left) * c->channels);
    out = clear(out + inside, c->right * c->channels + c->bottom * row);
  }
}
