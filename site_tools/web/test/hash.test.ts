import { afterEach, expect, test, vi } from 'vitest';
import { integrityOf, sha256 } from '../src/runtime/hash.ts';

afterEach(() => void vi.unstubAllGlobals());

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

// FIPS 180-2, appendix B, and the hash of nothing.
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('known answers of SHA-256', async (text, expected) => {
  expect(hex(await sha256(ascii(text)))).toBe(expected);
});

test('every length around a block, a piece of a larger buffer, and more than one MiB, as the platform has it', async () => {
  const buffer = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 2654435761) >>> 24);
  const lengths = [...Array.from({ length: 200 }, (_, i) => i), 1 << 20, (1 << 20) + 1, 2_500_000];
  for (const length of lengths) {
    const bytes = buffer.subarray(7, 7 + length);
    expect(hex(await sha256(bytes))).toBe(hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))));
  }
});

test('the hash is the same without crypto.subtle', async () => {
  const bytes = ascii('a model of two megabytes');
  const own = await integrityOf(bytes);
  expect(own).toMatch(/^sha256-[A-Za-z0-9+/]{43}=$/);
  vi.stubGlobal('crypto', {});
  expect(await integrityOf(bytes)).toBe(own);
});
