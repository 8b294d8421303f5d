/** A denoiser as the function that `guidance.ts` takes, keeping the count that the page shows: the one place that knows what it takes. */
import type { Network } from '../maths/guidance.ts';
import { imageShape, nameOf } from './manifest.ts';
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
  const [x, logSnr, y, output] = (['image', 'log_snr', 'label', 'vector'] as const).map((role) => nameOf(session.manifest, role)) as [string, string, string, string];
  const net: Network = async (states, logSnrs, labels) => {
    const batch = labels.length;
    const { outputs, ms } = await session.run(
      {
        [x]: { dtype: 'float32', data: states, dims: [batch, ...image] },
        [logSnr]: { dtype: 'float32', data: logSnrs, dims: [batch] },
        [y]: { dtype: 'int64', data: BigInt64Array.from(labels, BigInt), dims: [batch] },
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

/** What `makeDenoise` must know of the network, as the manifest says it. */
export const networkFacts = ({ manifest }: Session) => ({
  unconditional: manifest.facts.unconditional,
  logSnrLimit: manifest.facts.log_snr_limit,
});

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
