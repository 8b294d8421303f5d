/** A generator as a function from random numbers to images: the one place that knows the inputs of its graph. */
import type { Manifest } from './manifest.ts';
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
export function generatorShape({ name, graphs, facts }: Manifest): GeneratorShape {
  const graph = graphs['generate'];
  const [, latent] = graph?.inputs['z']?.shape ?? [];
  const [, channels, height, width] = graph?.outputs['x']?.shape ?? [];
  const sizes = [latent, channels, height, width];
  if (!graph || !sizes.every((size) => typeof size === 'number') || (channels !== 1 && channels !== 3)) throw new TypeError(`${name} is no generator of images`);
  return { latent, channels, height, width, classes: 'y' in graph.inputs ? facts.classes : 0 } as GeneratorShape;
}

export interface Generated {
  /** [B * C * H * W] in [-1, 1], image after image. */
  x: Float32Array;
  /** Milliseconds inside the worker. */
  ms: number;
}

/** One call of a generator.
 *
 * @param z [B * latent]
 * @param y [B] classes; not read if it takes none
 */
export async function generate(session: Session, z: Float32Array, y: readonly number[], signal: AbortSignal): Promise<Generated> {
  const { latent, classes } = generatorShape(session.manifest);
  const batch = z.length / latent;
  const { outputs, ms } = await session.run(
    {
      z: { dtype: 'float32', data: z, dims: [batch, latent] },
      ...(classes ? { y: { dtype: 'int64', data: BigInt64Array.from(y, BigInt), dims: [batch] } } : {}),
    },
    ['x'],
    signal,
  );
  return { x: outputs['x']!.data as Float32Array, ms };
}
