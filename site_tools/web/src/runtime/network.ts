/** A denoiser as the function that `guidance.ts` takes, keeping the count that the page shows: the one place that knows its inputs. */
import type { Network } from '../maths/guidance.ts';
import type { Graph, Manifest } from './manifest.ts';
import type { Session } from './runtime.ts';

export interface Meter {
  /** Network evaluations of one image's path: a batch of 2B for guidance counts as two. */
  nfe: number;
  /** Milliseconds inside the worker, call by call. */
  times: number[];
}

/**
 * @param images how many images are sampled: a call with twice as many labels is two evaluations each
 */
export function networkOf(session: Session, images: number, signal: AbortSignal): { net: Network; meter: Meter } {
  const meter: Meter = { nfe: 0, times: [] };
  const image = imageShape(session.manifest);
  const output = Object.keys(denoiser(session.manifest).outputs)[0]!;
  const net: Network = async (x, logSnr, y) => {
    const batch = y.length;
    const { outputs, ms } = await session.run(
      {
        x: { dtype: 'float32', data: x, dims: [batch, ...image] },
        log_snr: { dtype: 'float32', data: logSnr, dims: [batch] },
        y: { dtype: 'int64', data: BigInt64Array.from(y, BigInt), dims: [batch] },
      },
      [output],
      signal,
    );
    meter.nfe += batch / images;
    meter.times.push(ms);
    return outputs[output]!.data as Float32Array;
  };
  return { net, meter };
}

/** Channels, height and width of the images x [B, C, H, W] that a denoiser takes. */
export function imageShape(manifest: Manifest): number[] {
  const shape = denoiser(manifest).inputs['x']?.shape.slice(1) ?? [];
  if (shape.length !== 3 || !shape.every((size): size is number => typeof size === 'number')) throw new TypeError(`${manifest.name} does not take images`);
  return shape;
}

function denoiser({ name, graphs }: Manifest): Graph {
  const graph = graphs['denoise'];
  if (!graph) throw new TypeError(`${name} is no denoiser`);
  return graph;
}

/** What `makeDenoise` must know of the network, as the manifest says it. */
export const networkFacts = ({ manifest }: Session) => ({
  unconditional: manifest.facts.unconditional,
  logSnrLimit: manifest.facts.log_snr_limit,
});

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
