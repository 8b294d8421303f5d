/** SHA-256 of a file's bytes, also where a page has no `crypto.subtle`: plain http on a classroom network. */
import { turn } from '../page/observe.ts';

/** Bytes hashed at a stretch by our own code; 30 ms on a slow phone. */
const PIECE = 1 << 20;

/** As the page's table of files writes it: `sha256-` and base64. */
export async function integrityOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  const digest = subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : await sha256(bytes);
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}

/** FIPS 180-4, section 6.2; the page has a turn after each MiB. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  // A bit, zeros, and the length in bits fill up the last block of 64 bytes.
  const padded = new Uint8Array((bytes.length + 72) & -64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, bytes.length / 2 ** 29);
  view.setUint32(padded.length - 4, bytes.length << 3);
  const w = new Int32Array(64);
  const state = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  for (let at = 0; at < padded.length; at += 64) {
    if (at && at % PIECE === 0) await turn();
    for (let i = 0; i < 64; i++) w[i] = i < 16 ? view.getInt32(at + 4 * i) : w[i - 16]! + mix(w[i - 15]!, 7, 18, 3) + w[i - 7]! + mix(w[i - 2]!, 17, 19, 10);
    compress(state, w);
  }
  state.forEach((word, i) => view.setInt32(4 * i, word));
  return padded.subarray(0, 32);
}

/** The first 32 bits behind the point: of the square roots of the first 8 primes, and of the cube roots of 64. */
const fraction = (root: number): number => (root % 1) * 2 ** 32;
const PRIMES = Array.from({ length: 310 }, (_, i) => i + 2).filter((n, _, all) => !all.some((d) => d < n && n % d === 0));
const ROUND = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

const turned = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));
const mix = (word: number, a: number, b: number, shift: number): number => turned(word, a) ^ turned(word, b) ^ (word >>> shift);
const stir = (word: number, a: number, b: number, c: number): number => turned(word, a) ^ turned(word, b) ^ turned(word, c);

function compress(state: Int32Array, w: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const next = (h + stir(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + ROUND[i]! + w[i]!) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + next) | 0;
    const sum = stir(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c));
    d = c;
    c = b;
    b = a;
    a = (next + sum) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i]! += word));
}
