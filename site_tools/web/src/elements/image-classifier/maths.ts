/** From a gray picture to a model's input, and from its scores to the likeliest classes. */

/** One class with what the model gives it. */
export interface Guess {
  label: number;
  probability: number;
}

/**
 * A gray picture in the numbers that a model was trained on.
 *
 * @param gray in [-1, 1], -1 = black.
 * @param range what black and white are for the model.
 * @param dark ink is dark and paper light, as on a sheet: the picture is inverted.
 */
export function inRange(gray: Float32Array, [low, high]: readonly [number, number], dark: boolean): Float32Array {
  const half = (high - low) / 2;
  return gray.map((value) => low + half * ((dark ? -value : value) + 1));
}

/** Probabilities of scores of any size: exp(s - max) / sum, so that nothing overflows. */
export function softmax(scores: ArrayLike<number>): number[] {
  const all = Array.from(scores);
  const most = Math.max(...all);
  const powers = all.map((score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The `count` likeliest classes, likeliest first; of equals the first. */
export function likeliest(probabilities: number[], count: number): Guess[] {
  const guesses = probabilities.map((probability, label) => ({ label, probability }));
  return guesses.sort((a, b) => b.probability - a.probability || a.label - b.label).slice(0, count);
}
