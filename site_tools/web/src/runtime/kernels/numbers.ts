/**
 * The kinds of numbers at the border. Inside every number is a float32: exact for float16, for truth values, and for
 * integers up to 2^24, which are only moved, compared and used as indices.
 */
import type { DType, Tensor, TensorData } from '../protocol.ts';

const ARRAYS = {
  float32: Float32Array, float64: Float64Array, float16: Uint16Array, int64: BigInt64Array,
  int32: Int32Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array,
} as const; // prettier-ignore

const LARGEST_INTEGER = 2 ** 24;

/** Data of a type from its bytes, little-endian, or from numbers; float16 is given as its bits. */
export function makeData(dtype: DType, source: ArrayBuffer | readonly number[]): TensorData[DType] {
  if (source instanceof ArrayBuffer) {
    if (source.byteLength % ARRAYS[dtype].BYTES_PER_ELEMENT) throw new Error('a tensor has a broken number at its end');
    return new ARRAYS[dtype](source);
  }
  return dtype === 'int64' ? BigInt64Array.from(source, (value) => BigInt(value)) : ARRAYS[dtype].from(source as number[]);
}

/** float16 bits to numbers: exponent and mantissa shifted into place make the number times 2^-112, subnormal or not. */
export function halfToFloat(bits: Uint16Array, out: Float32Array): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    words[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
    out[i]! *= 2 ** 112;
    if ((half & 0x7c00) === 0x7c00) words[i]! |= 0x7f800000; // infinite, or no number
  }
}

/** The bits of numbers that are already rounded to float16. */
function floatToHalf(values: Float32Array): Uint16Array {
  const scaled = values.map((value) => value * 2 ** -112);
  const words = new Uint32Array(scaled.buffer);
  return Uint16Array.from(values, (value, i) => {
    const sign = (words[i]! >>> 16) & 0x8000;
    return sign | (Number.isNaN(value) ? 0x7e00 : Math.abs(value) === Infinity ? 0x7c00 : (words[i]! >>> 13) & 0x7fff);
  });
}

/**
 * Write a tensor's numbers as float32.
 *
 * @param what names the tensor if it holds an integer that is too large.
 */
export function writeFloats({ dtype, data }: Tensor, out: Float32Array, what: string): void {
  if (dtype === 'float16') halfToFloat(data, out);
  else if (dtype !== 'int64' && dtype !== 'int32') out.set(data);
  else {
    for (let i = 0; i < data.length; i++) {
      const value = Number(data[i]);
      if (Math.abs(value) > LARGEST_INTEGER) throw new RangeError(`${what} holds ${value}: integers may have 24 bits`);
      out[i] = value;
    }
  }
}

/** Numbers as the data of a type. */
export function readFloats(dtype: DType, values: Float32Array): TensorData[DType] {
  if (dtype === 'float32') return values.slice();
  if (dtype === 'float16') return floatToHalf(values);
  return makeData(dtype, [...values]);
}
