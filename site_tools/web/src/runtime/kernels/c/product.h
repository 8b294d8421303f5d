// What convolutions of both kinds and matrix products share.
#pragma once

// Rows are worked on in tiles of this many; tables of rows are filled up to a multiple of it.
enum { TILE = 4 };

void product(const float *in, const int *rows, int count, const int *taps, int num_taps, int cin, const float *weights,
             const float *bias, const float *add, const int *adds, float *out, const int *outs, int cout);
