/** The worker's half of `site_tools/site/packing.py`: a model may come deflated, because static hosts compress none. */

/** How zlib's format begins (RFC 1950), and no ONNX file: there it would be a field 15, which a model does not have. */
const ZLIB = 0x78;

/** The file that was meant by what was sent. Rejects if it is broken. */
export async function expand(sent: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (sent[0] !== ZLIB) return sent;
  const { readable, writable } = new DecompressionStream('deflate');
  const writer = writable.getWriter(); // no Blob's stream: WebKit cannot read one in a worker of a page from disk
  for (const written of [writer.write(sent), writer.close()]) written.catch(() => {}); // the reader is told as well
  return new Uint8Array(await new Response(readable).arrayBuffer());
}
