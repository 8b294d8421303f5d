/** From ink to points. This module never touches the page. */

/**
 * Scatter points over ink so that they keep their distance (Poisson discs, by throwing darts in random order).
 *
 * @param ink coverage of each pixel, 0..255, row by row, [size * size].
 * @param size pixels a side.
 * @param target how many points to aim at; thin strokes take a few more, never above 4/3 of it.
 * @param random standard normal numbers by which the darts are ordered: a function of how many.
 * @returns points at the middle of pixels, [n, 2] interleaved, with the square mapped to [-1, 1]^2, y pointing down; empty if there is no ink.
 */
export function scatter(ink: Uint8Array | Uint8ClampedArray, size: number, target: number, random: (count: number) => Float64Array): Float64Array {
  const inked: number[] = [];
  for (let i = 0; i < ink.length; i++) if (ink[i]! > 127) inked.push(i);
  if (inked.length === 0) return new Float64Array(0);
  // A random order by a native sort: the key in the high digits, the index in the low ones.
  const order = random(inked.length).map((key, i) => Math.round(key * 1e6) * inked.length + i).sort();
  // Darts thrown until none fits cover 0.547 of the plane by discs of half the distance (Renyi's jamming limit in 2-D).
  const distance = Math.sqrt((4 * 0.547 * inked.length) / (Math.PI * target));
  const cell = Math.max(distance / Math.SQRT2, 1); // at most one point a cell
  const cells = Math.ceil((size + 1) / cell);
  const taken = new Int32Array(cells * cells); // 1 + the number of the cell's point, 0 for none
  const points: number[] = [];
  const crowded = (column: number, row: number, x: number, y: number): boolean => {
    for (let r = Math.max(0, row - 2); r <= Math.min(cells - 1, row + 2); r++) {
      for (let c = Math.max(0, column - 2); c <= Math.min(cells - 1, column + 2); c++) {
        const other = taken[r * cells + c]! - 1;
        if (other >= 0 && (points[2 * other]! - x) ** 2 + (points[2 * other + 1]! - y) ** 2 < distance ** 2) return true;
      }
    }
    return false;
  };
  for (const coded of order) {
    const pixel = inked[coded - Math.floor(coded / inked.length) * inked.length]!;
    const x = (pixel % size) + 0.5;
    const y = Math.floor(pixel / size) + 0.5;
    const column = Math.floor(x / cell);
    const row = Math.floor(y / cell);
    if (crowded(column, row, x, y)) continue;
    points.push(x, y);
    taken[row * cells + column] = points.length / 2;
    if (points.length / 2 >= Math.ceil((target * 4) / 3)) break;
  }
  return Float64Array.from(points, (value) => (2 * value) / size - 1);
}
