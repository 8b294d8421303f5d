/** What a network may predict and how each prediction turns into x0; the twin of `demos/diffusion/prediction.py`. */

export type PredictionType = 'epsilon' | 'x0' | 'v' | 'velocity';

/** The clean image that a prediction implies, for one level (alpha, sigma). "epsilon" needs alpha > 0. */
export function toX0(prediction: Float32Array, type: PredictionType, xT: Float32Array, alpha: number, sigma: number): Float32Array {
  switch (type) {
    case 'epsilon':
      return prediction.map((p, i) => (xT[i]! - sigma * p) / alpha);
    case 'x0':
      return prediction;
    case 'v':
      return prediction.map((p, i) => (alpha * xT[i]! - sigma * p) / (alpha ** 2 + sigma ** 2));
    case 'velocity':
      return prediction.map((p, i) => (xT[i]! - sigma * p) / (alpha + sigma));
  }
}
