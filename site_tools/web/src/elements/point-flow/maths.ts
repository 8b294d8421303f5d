/**
 * Gaussian noise flows into the reader's own points, by the exact score of those points.
 *
 * On the flow path x = (1 - u) y + u eps, with y drawn evenly from the data points y_i, Bayes gives
 *
 *     E[y | x] = sum_i w_i y_i,   w_i proportional to exp(-|x - (1 - u) y_i|^2 / (2 u^2)),
 *
 * and the velocity E[eps - y | x] = (x - E[y | x]) / u. Nothing is learned: this is what a network that
 * had seen only these points, and had learned them perfectly, would answer.
 *
 * Points are interleaved, [x0, y0, x1, y1, ...]. This module never touches the page.
 */

/** A weight below e^-CUT_OFF of the largest is left out: 800 of them move a mean by less than 1e-8. */
const CUT_OFF = 26;

const TABLE_STEP = 1 / 64;
const TABLE = Float64Array.from({ length: CUT_OFF / TABLE_STEP + 2 }, (_, i) => Math.exp(-i * TABLE_STEP));

/** e^-q for 0 <= q <= CUT_OFF, to 3e-9 of its value: a table and three Taylor terms, a third of the cost of Math.exp. */
export function expMinus(q: number): number {
  const i = (q * 64) | 0;
  const r = q - i * TABLE_STEP;
  return TABLE[i]! * (1 - r * (1 - r * (0.5 - r * (1 / 6))));
}

/**
 * The reader's points, arranged so that E[y | x] is quick.
 *
 * A Gaussian in the plane is a product of one along x and one along y. Points that lie on a pixel grid
 * share few columns and rows, so 600 exponentials become 300, and a sum over a column needs one product.
 *
 * Fields are `private`, not `#private`: the bundle's target turns those into WeakMaps, ten times slower here.
 */
export class Cloud {
  /** Distinct coordinates, and for column c the points of indices start[c]..start[c + 1], told by their rows. */
  private readonly columns: Float64Array;
  private readonly rows: Float64Array;
  private readonly start: Uint32Array;
  private readonly row: Uint32Array;
  private readonly weightX: Float64Array;
  private readonly weightY: Float64Array;
  private readonly exponents: Float64Array;

  /** @param points y_i, [n, 2] interleaved; n >= 1. */
  constructor(readonly points: Float64Array) {
    const n = points.length / 2;
    const distinct = (axis: number) => Float64Array.from(new Set(points.filter((_, i) => i % 2 === axis))).sort();
    this.columns = distinct(0);
    this.rows = distinct(1);
    const rowOf = new Map([...this.rows].map((value, i) => [value, i]));
    const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => points[2 * i]! - points[2 * j]!);
    this.row = Uint32Array.from(order, (i) => rowOf.get(points[2 * i + 1]!)!);
    this.start = new Uint32Array(this.columns.length + 1);
    let c = -1;
    order.forEach((i, place) => {
      if (c < 0 || this.columns[c] !== points[2 * i]) this.start[++c] = place;
    });
    this.start[c + 1] = n;
    this.weightX = new Float64Array(this.columns.length);
    this.weightY = new Float64Array(this.rows.length);
    this.exponents = new Float64Array(n);
  }

  get count(): number {
    return this.points.length / 2;
  }

  /**
   * E[y | x] for some points x, to 1e-6 of the formula.
   *
   * @param x the noisy points, [m, 2] interleaved.
   * @param u time in [0, 1]; at 0 the answer is the nearest data point, the limit from above.
   * @param out where the answers go, [m, 2].
   * @param first, last the range of points to answer for.
   */
  mean(x: Float64Array, u: number, out: Float64Array, first = 0, last = x.length / 2): void {
    const scale = 1 / (2 * Math.max(u, 1e-9) ** 2);
    // With little noise few points matter, and going through them one by one is quicker.
    const byColumns = u > 0.06 && this.columns.length + this.rows.length < this.count;
    for (let j = first; j < last; j++) {
      if (!byColumns || !this.meanByColumns(x, 1 - u, scale, out, j)) this.meanOneByOne(x, 1 - u, scale, out, j);
    }
  }

  private meanOneByOne(x: Float64Array, keep: number, scale: number, out: Float64Array, j: number): void {
    const { points, exponents } = this;
    const px = x[2 * j]!;
    const py = x[2 * j + 1]!;
    let nearest = Infinity;
    for (let i = 0; i < exponents.length; i++) {
      const dx = px - keep * points[2 * i]!;
      const dy = py - keep * points[2 * i + 1]!;
      const exponent = (dx * dx + dy * dy) * scale;
      exponents[i] = exponent;
      if (exponent < nearest) nearest = exponent;
    }
    let total = 0;
    let sumX = 0;
    let sumY = 0;
    // Relative to the nearest point, so that one weight is exactly 1 and the sum cannot underflow.
    for (let i = 0; i < exponents.length; i++) {
      const exponent = exponents[i]! - nearest;
      if (exponent > CUT_OFF) continue;
      const weight = expMinus(exponent);
      total += weight;
      sumX += weight * points[2 * i]!;
      sumY += weight * points[2 * i + 1]!;
    }
    out[2 * j] = sumX / total;
    out[2 * j + 1] = sumY / total;
  }

  /** False if no point lies near both the nearest column and the nearest row: then the cut-off of each is too crude. */
  private meanByColumns(x: Float64Array, keep: number, scale: number, out: Float64Array, j: number): boolean {
    const { columns, rows, start, row, weightX, weightY } = this;
    weigh(columns, x[2 * j]!, keep, scale, weightX);
    weigh(rows, x[2 * j + 1]!, keep, scale, weightY);
    let total = 0;
    let sumX = 0;
    let sumY = 0;
    for (let c = 0; c < columns.length; c++) {
      const across = weightX[c]!;
      if (across === 0) continue;
      let column = 0;
      let moment = 0;
      for (let i = start[c]!; i < start[c + 1]!; i++) {
        const r = row[i]!;
        const weight = weightY[r]!;
        column += weight;
        moment += weight * rows[r]!;
      }
      total += across * column;
      sumX += across * column * columns[c]!;
      sumY += across * moment;
    }
    out[2 * j] = sumX / total;
    out[2 * j + 1] = sumY / total;
    return total > 0.05;
  }
}

/** Gaussian weights of coordinates in one dimension, relative to the nearest of them; 0 beyond the cut-off. */
function weigh(coordinates: Float64Array, at: number, keep: number, scale: number, out: Float64Array): void {
  let nearest = Infinity;
  for (let i = 0; i < coordinates.length; i++) {
    const difference = at - keep * coordinates[i]!;
    const exponent = difference * difference * scale;
    out[i] = exponent;
    if (exponent < nearest) nearest = exponent;
  }
  for (let i = 0; i < coordinates.length; i++) {
    const exponent = out[i]! - nearest;
    out[i] = exponent > CUT_OFF ? 0 : expMinus(exponent);
  }
}

/**
 * The times of `steps` Euler steps from 1 to 0, [steps + 1].
 *
 * Half of the grid is even in u; the other half crowds towards 0, where points still choose between
 * neighbours a hundredth apart while far out every path is nearly straight.
 */
export function times(steps: number): Float64Array {
  return Float64Array.from({ length: steps + 1 }, (_, k) => {
    const s = 1 - k / steps;
    return 0.5 * s + 0.5 * s ** 3;
  });
}

/** All positions of all points at all times: computed piece by piece, read at any time in between. */
export class Trajectory {
  readonly times: Float64Array;
  /** Number of steps done for every point; states 0..done can be read. */
  done = 0;
  private readonly states: Float64Array[];
  private readonly guess: Float64Array;
  private column = 0;

  /**
   * @param cloud the reader's points.
   * @param noise where the flow starts, [m, 2]: standard normal.
   */
  constructor(
    readonly cloud: Cloud,
    readonly noise: Float64Array,
    steps: number,
  ) {
    this.times = times(steps);
    this.states = [noise];
    this.guess = new Float64Array(noise.length);
  }

  get count(): number {
    return this.noise.length / 2;
  }

  get steps(): number {
    return this.times.length - 1;
  }

  get finished(): boolean {
    return this.done === this.steps;
  }

  /** Compute for about `milliseconds`, in pieces of 50 points, and say whether all is done. */
  advance(milliseconds: number, now: () => number = () => performance.now()): boolean {
    const until = now() + milliseconds;
    while (!this.finished) {
      this.piece(Math.min(this.column + 50, this.count));
      if (now() >= until) break;
    }
    return this.finished;
  }

  private piece(end: number): void {
    const k = this.done;
    const u = this.times[k]!;
    const x = this.states[k]!;
    const next = (this.states[k + 1] ??= new Float64Array(x.length));
    this.cloud.mean(x, u, this.guess, this.column, end);
    // Euler with velocity (x - E) / u: the new point lies on the segment from x to E.
    const ratio = this.times[k + 1]! / u;
    for (let i = 2 * this.column; i < 2 * end; i++) next[i] = this.guess[i]! + ratio * (x[i]! - this.guess[i]!);
    this.column = end % this.count;
    if (this.column === 0) this.done++;
  }

  /** Where the points are at time u (or at the last time computed so far), into `out` [m, 2]. Euler's paths are straight in between. */
  at(u: number, out: Float32Array | Float64Array): void {
    const { k, part } = this.locate(u);
    const a = this.states[k]!;
    const b = this.states[Math.min(k + 1, this.done)]!;
    for (let i = 0; i < a.length; i++) out[i] = a[i]! + part * (b[i]! - a[i]!);
  }

  /** The denoised guess E[y | x] the points are heading for at time u, into `out` [m, 2]. */
  guessAt(u: number, out: Float32Array | Float64Array): void {
    const k = Math.min(this.locate(u).k, Math.max(this.done - 1, 0));
    if (this.done === 0) return this.at(u, out);
    const a = this.states[k]!;
    const b = this.states[k + 1]!;
    // The step went from x towards E, the share 1 - u'/u of the way.
    const share = 1 - this.times[k + 1]! / this.times[k]!;
    for (let i = 0; i < a.length; i++) out[i] = a[i]! + (b[i]! - a[i]!) / share;
  }

  /** The path of one point as far as it is computed, [done + 1, 2]. */
  path(point: number): Float64Array {
    const path = new Float64Array(2 * (this.done + 1));
    for (let k = 0; k <= this.done; k++) {
      path[2 * k] = this.states[k]![2 * point]!;
      path[2 * k + 1] = this.states[k]![2 * point + 1]!;
    }
    return path;
  }

  private locate(u: number): { k: number; part: number } {
    const clamped = Math.min(1, Math.max(u, this.times[this.done]!));
    let k = 0;
    while (k < this.done - 1 && this.times[k + 1]! > clamped) k++;
    if (this.done === 0) return { k: 0, part: 0 };
    return { k, part: (this.times[k]! - clamped) / (this.times[k]! - this.times[k + 1]!) };
  }
}

/** Progress 0..1 -> time 1..0: starts and ends gently, and gives the second half of its time to the last quarter of the way. */
export function timeAt(progress: number): number {
  const eased = progress < 1 ? progress * progress * (3 - 2 * progress) * 0.5 + progress * 0.5 : 1;
  const s = 1 - eased;
  return 0.5 * s + 0.5 * s ** 3;
}
