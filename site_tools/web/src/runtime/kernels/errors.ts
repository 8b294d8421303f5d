/** A model that needs what this runtime does not have; the message names the operator, attribute, type or shape. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}
