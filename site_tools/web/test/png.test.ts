import { expect, test } from 'vitest';
import { crc32, withText } from '../src/images/png.ts';

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

test('the CRC gives the known answer', () => {
  expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
});

test('the text stands behind the header, and nothing else changes', () => {
  const png = Uint8Array.from({ length: 60 }, (_, i) => i);
  const result = withText(png, 'Settings', 'steps=20');
  const view = new DataView(result.buffer);
  expect([...result.subarray(0, 33)]).toEqual([...png.subarray(0, 33)]);
  expect(view.getUint32(33)).toBe('Settings'.length + 1 + 'steps=20'.length);
  expect(new TextDecoder('latin1').decode(result.subarray(37, 58))).toBe('tEXtSettings\0steps=20');
  expect(view.getUint32(58)).toBe(crc32(result.subarray(37, 58)));
  expect([...result.subarray(62)]).toEqual([...png.subarray(33)]);
});
