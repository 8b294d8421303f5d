/** An opened model as the function that `guidance.ts` takes, keeping the count that the page shows. */
import type { Network } from '../maths/guidance.ts';
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
  const net: Network = async (x, logSnr, y) => {
    const feeds = {
      x: { data: x, dims: [y.length, 1, 28, 28] },
      log_snr: { data: logSnr, dims: [y.length] },
      y: { data: BigInt64Array.from(y, BigInt), dims: [y.length] },
    };
    const { data, ms } = await session.run(feeds, signal);
    meter.nfe += y.length / images;
    meter.times.push(ms);
    return data;
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
