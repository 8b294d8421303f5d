/** Outlines become shapes: whoever draws a shirt means the cloth and not the line. */

/** Darker than this is paper, 0..255. */
const PAPER = 96;

/**
 * Lift the paper that no path from the border reaches to a gray level, in place.
 *
 * @param rgba gray pixels row by row, 4 bytes each: white lines on black.
 * @param level 0..255; what is lighter already stays as it is.
 */
export function fillOutlines(rgba: Uint8ClampedArray, width: number, height: number, level: number): void {
  const outside = new Uint8Array(width * height);
  const open: number[] = [];
  const visit = (x: number, y: number): void => {
    const i = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || outside[i] || rgba[4 * i]! > PAPER) return;
    outside[i] = 1;
    open.push(i);
  };
  for (let x = 0; x < width; x++) [0, height - 1].forEach((y) => visit(x, y));
  for (let y = 0; y < height; y++) [0, width - 1].forEach((x) => visit(x, y));
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const [x, y] = [i % width, Math.floor(i / width)];
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  for (let i = 0; i < outside.length; i++) {
    if (outside[i]) continue;
    for (let channel = 0; channel < 3; channel++) rgba[4 * i + channel] = Math.max(rgba[4 * i + channel]!, level);
  }
}
