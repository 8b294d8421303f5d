/**
 * Spherical interpolation between two noises (Shoemake 1985, section 3.3): Gaussian vectors of many numbers lie near a
 * sphere, and the straight line between two of them leaves it for a length that no noise has.
 *
 * @param share 0 gives `a`, 1 gives `b`
 * @returns sin((1 - share) w) / sin w a + sin(share w) / sin w b, with w the angle between them; the straight line where
 *   they are parallel
 */
export function slerp(a: Float32Array, b: Float32Array, share: number): Float32Array {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  const angle = Math.acos(Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))));
  const sine = Math.sin(angle);
  const [ofA, ofB] = sine < 1e-6 ? [1 - share, share] : [Math.sin((1 - share) * angle) / sine, Math.sin(share * angle) / sine];
  return a.map((value, i) => ofA * value + ofB * b[i]!);
}
