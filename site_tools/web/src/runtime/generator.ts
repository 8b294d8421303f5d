/** A generator as a function from random numbers to images: the one place that knows the inputs of its graph. */
import type { Manifest, TensorSpec } from './manifest.ts';
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

/** Its tensors by what they mean, each with its name, which may be any: z are floats, y whole numbers, and x is all it gives. */
function tensors({ graphs }: Manifest): { z?: Named; y?: Named; x?: Named } {
  const { inputs = {}, outputs = {} } = graphs['generate'] ?? {};
  const input = (dtype: string) => Object.entries(inputs).find(([, one]) => one.dtype === dtype);
  return { z: input('float32'), y: input('int64'), x: Object.entries(outputs)[0] } as { z?: Named; y?: Named; x?: Named };
}

type Named = [name: string, TensorSpec];

/** Throws a TypeError if it is no generator of images: x [B, C, H, W] from z [B, latent], C being 1 or 3. */
export function generatorShape(manifest: Manifest): GeneratorShape {
  const { z, y, x } = tensors(manifest);
  const [, latent, ...further] = z?.[1].shape ?? [];
  const [, channels, height, width] = x?.[1].shape ?? [];
  const right = [latent, channels, height, width].every((size) => typeof size === 'number') && further.length === 0;
  if (!right || (channels !== 1 && channels !== 3)) throw new TypeError(`${manifest.name} is no generator of images`);
  return { latent, channels, height, width, classes: y ? manifest.facts.classes : 0 } as GeneratorShape;
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
  const { z: numbers, y: labels, x } = tensors(session.manifest);
  const batch = z.length / latent;
  const { outputs, ms } = await session.run(
    {
      [numbers![0]]: { dtype: 'float32', data: z, dims: [batch, latent] },
      ...(labels ? { [labels[0]]: { dtype: 'int64' as const, data: BigInt64Array.from(y, BigInt), dims: [batch] } } : {}),
    },
    [x![0]],
    signal,
  );
  const made = outputs[x![0]]!.data as Float32Array;
  const [black, white] = x![1].range ?? [-1, 1];
  const same = black === -1 && white === 1;
  return { x: same ? made : made.map((value) => (2 * (value - black)) / (white - black) - 1), ms };
}
