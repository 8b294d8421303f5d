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

// gamma, beta: [channels]. scale, shift: channels side by side, or null. space: 2 * channels, filled up to vectors, floats.
// The variance is that of the differences from the mean: the short formula cancels where the mean is large.
void EXPORT(group_norm)(const Norm *c, float epsilon, float slope, const float *in, const float *gamma, const float *beta, const float *scale,
                        const float *shift, float *out, float *space) {
  const int filled = (c->channels + 3) & ~3, size = c->channels / c->groups;
  const double count = (double)size * c->height * c->width;
  float *a = space, *b = space + filled;
  for (int image = 0; image < c->images; image++) {
    const float *from = in + image * c->in_image;
    for (int k = 0; k < filled; k += 4) {
      V sum = ZERO;
      for (int y = 0; y < c->height; y++)
        for (int x = 0; x < c->width; x++) sum = ADD(sum, load(from + y * c->in_row + x * c->in_column + k));
      store(a + k, sum);
    }
    for (int first = 0; first < c->channels; first += size) {
      double sum = 0;
      for (int k = first; k < first + size; k++) sum += a[k];
      for (int k = first; k < first + size; k++) a[k] = sum / count;
    }
    for (int k = 0; k < filled; k += 4) {
      V mean = load(a + k), sum = ZERO;
      for (int y = 0; y < c->height; y++)
        for (int x = 0; x < c->width; x++) {
          V difference = SUB(load(from + y * c->in_row + x * c->in_column + k), mean);
          sum = multiply_add(difference, difference, sum);
        }
      store(b + k, sum);
    }
    for (int first = 0; first < c->channels; first += size) {
      double squares = 0;
      for (int k = first; k < first + size; k++) squares += b[k];
      double inverse = 1 / __builtin_sqrt(squares / count + epsilon);
      for (int k = first; k < first + size; k++) {
        double factor = inverse * gamma[k], offset = beta[k] - a[k] * factor;
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

void EXPORT(clear_margin)(const Margin *c, float *out) {
  for (int image = 0; image < c->images; image++)
    for (int y = 0; y < c->rows; y++) {
      int whole = y < c->top || y >= c->rows - c->bottom;
      for (int x = 0; x < c->columns; x++, out += c->channels)
        if (whole || x < c->left || x >= c->columns - c->right)
          for (int k = 0; k < c->channels; k += 4) store(out + k, ZERO);
    }
}
