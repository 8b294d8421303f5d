/** Arithmetic of shapes and strides; strides count numbers, not bytes, and stand in the order of the axes. */

export type Shape = readonly number[];

export const product = (sizes: Shape): number => sizes.reduce((a, b) => a * b, 1);
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, i) => size === b[i]);
/** Channels and rows of matrices are stored in vectors of four. */
export const fill4 = (size: number): number => Math.ceil(size / 4) * 4;

/** Strides of a tensor without gaps, the last axis side by side. */
export function denseStrides(shape: Shape): number[] {
  const strides: number[] = [];
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Whether strides are those of a tensor without gaps; those of axes of size 1 do not matter. */
export function isDense(shape: Shape, strides: Shape): boolean {
  return denseStrides(shape).every((stride, axis) => shape[axis] === 1 || strides[axis] === stride);
}

/** The common shape of operands that are repeated along axes of size 1 or none; undefined if they do not fit. */
export function broadcast(shapes: readonly Shape[]): number[] | undefined {
  const rank = Math.max(...shapes.map(({ length }) => length));
  const shape = Array.from({ length: rank }, () => 1);
  for (const one of shapes) {
    for (let i = 0; i < one.length; i++) {
      const axis = rank - one.length + i;
      if (one[i] !== 1 && shape[axis] !== 1 && shape[axis] !== one[i]) return undefined;
      if (one[i] !== 1) shape[axis] = one[i]!;
    }
  }
  return shape;
}

/** Strides of an operand seen in a larger shape: 0 where it is repeated. */
export function repeatStrides(from: Shape, strides: Shape, shape: Shape): number[] {
  const before = shape.length - from.length;
  return shape.map((_, axis) => (axis < before || from[axis - before] === 1 ? 0 : strides[axis - before]!));
}

/** Strides that show the same numbers in another shape; undefined if only a copy can. */
export function reshapeStrides(from: Shape, strides: Shape, shape: Shape): number[] | undefined {
  const old = from.map((size, axis) => ({ size, stride: strides[axis]! })).filter(({ size }) => size !== 1);
  const result = shape.map(() => 0);
  let at = 0;
  for (let first = 0; first < shape.length; ) {
    if (shape[first] === 1) {
      first++;
      continue;
    }
    // the shortest run of new axes and the shortest run of old ones that hold equally many numbers
    let last = first + 1;
    let many = shape[first]!;
    let end = at + 1;
    let held = old[at]?.size ?? 0;
    while (many !== held) {
      if (many < held && last < shape.length) many *= shape[last++]!;
      else if (held < many && end < old.length) held *= old[end++]!.size;
      else return undefined;
    }
    for (let i = at; i + 1 < end; i++) if (old[i]!.stride !== old[i + 1]!.stride * old[i + 1]!.size) return undefined;
    for (let axis = last - 1, stride = old[end - 1]!.stride; axis >= first; axis--) {
      result[axis] = stride;
      stride *= shape[axis]!;
    }
    [first, at] = [last, end];
  }
  return result;
}

/**
 * Axes for a kernel that walks several operands at once: those of size 1 go, the ones that follow each other in all
 * operands become one, the innermost is that where the first operand's numbers lie closest.
 *
 * @returns sizes, and one list of strides for each operand; `axes` of each, filled up in front; undefined if there are more.
 */
export function walk(shape: Shape, operands: readonly Shape[], axes: number): { sizes: number[]; strides: number[][] } | undefined {
  const order = shape.map((_, axis) => axis).filter((axis) => shape[axis] !== 1);
  order.sort((a, b) => Math.abs(operands[0]![b]!) - Math.abs(operands[0]![a]!) || a - b);
  const sizes: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (const axis of order) {
    const size = shape[axis]!;
    const last = sizes.length - 1;
    if (last >= 0 && operands.every((operand, i) => strides[i]![last] === operand[axis]! * size)) {
      sizes[last]! *= size;
      operands.forEach((operand, i) => (strides[i]![last] = operand[axis]!));
    } else {
      sizes.push(size);
      operands.forEach((operand, i) => strides[i]!.push(operand[axis]!));
    }
  }
  if (sizes.length > axes) return undefined;
  const before = (value: number) => Array.from({ length: axes - sizes.length }, () => value);
  return { sizes: [...before(1), ...sizes], strides: strides.map((list) => [...before(0), ...list]) };
}
