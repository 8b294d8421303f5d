/** A generator as a function from random numbers to images: the one place that knows the inputs of its graph. */
import { imageShape, tensorsOf, type InputRole, type Manifest, type OutputRole } from './manifest.ts';
import type { Session } from './runtime.ts';

/** What a generator takes and gives, as its graph says. */
export interface GeneratorShape {
  /** Standard normal numbers behind an image: z is [B, latent]. */
  latent: number;
  channels: number;
  height: number;
  width: number;
  /** Classes that y [B] chooses from; 0 if the graph has no such input. */
  classes: number;
}

/** Throws a TypeError if it is no generator of images: x [B, C, H, W] from z [B, latent], C being 1 or 3. */
export function generatorShape(manifest: Manifest): GeneratorShape {
  const latent = sizeOf(manifest, 'latent');
  const [channels, height, width] = imageShape(manifest);
  if (channels !== 1 && channels !== 3) throw new TypeError(`${manifest.name} makes images of ${channels} channels; 1 and 3 can be shown`);
  const [last] = tensorsOf(manifest, 'label').map(([, { range }]) => range?.[1] ?? -1);
  return { latent, channels, height, width, classes: (last ?? -1) + 1 };
}

function sizeOf(manifest: Manifest, role: InputRole): number {
  const size = tensorsOf(manifest, role)[0]?.[1].shape[1];
  if (typeof size !== 'number') throw new TypeError(`${manifest.name} has no ${role} of a known size`);
  return size;
}

export interface Generated {
  /** [B * C * H * W] in [-1, 1], image after image. */
  x: Float32Array;
  /** Milliseconds inside the worker. */
  ms: number;
}

/**
 * One call of a generator.
 *
 * @param z [B * latent]
 * @param y [B] classes; not read if it takes none
 */
export async function generate(session: Session, z: Float32Array, y: readonly number[], signal: AbortSignal): Promise<Generated> {
  const { latent } = generatorShape(session.manifest);
  const of = (role: InputRole | OutputRole) => tensorsOf(session.manifest, role)[0];
  const [[numbers], [image, { range }], labels] = [of('latent')!, of('image')!, of('label')];
  const batch = z.length / latent;
  const { outputs, ms } = await session.run(
    {
      [numbers]: { dtype: 'float32', data: z, dims: [batch, latent] },
      ...(labels ? { [labels[0]]: { dtype: 'int64' as const, data: BigInt64Array.from(y, BigInt), dims: [batch] } } : {}),
    },
    [image],
    signal,
  );
  const made = outputs[image]!.data as Float32Array;
  const [black, white] = range ?? [-1, 1];
  const same = black === -1 && white === 1;
  return { x: same ? made : made.map((value) => (2 * (value - black)) / (white - black) - 1), ms };
}
