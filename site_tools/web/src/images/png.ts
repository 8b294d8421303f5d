/** A PNG that says how it was made: a tEXt chunk behind the header. */

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** The CRC of PNG chunks (and of zip). */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

const HEADER_END = 8 + 25; // the signature, then IHDR: length, type, 13 bytes, CRC

/** Insert a text chunk. Keyword and text must be Latin-1, as the format demands; ours are ASCII. */
export function withText(png: Uint8Array<ArrayBuffer>, keyword: string, text: string): Uint8Array<ArrayBuffer> {
  const body = Uint8Array.from(`tEXt${keyword}\0${text}`, (character) => character.charCodeAt(0));
  const chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(4 + body.length, crc32(body));
  const result = new Uint8Array(png.length + chunk.length);
  result.set(png.subarray(0, HEADER_END));
  result.set(chunk, HEADER_END);
  result.set(png.subarray(HEADER_END), HEADER_END + chunk.length);
  return result;
}

/** Offer a canvas as a download, its settings written inside. */
export async function savePng(canvas: HTMLCanvasElement, name: string, settings: string): Promise<void> {
  const blob = await new Promise<Blob>((resolve, reject) =>
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('the picture could not be made'))), 'image/png'),
  );
  const bytes = withText(new Uint8Array(await blob.arrayBuffer()), 'Settings', settings);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
