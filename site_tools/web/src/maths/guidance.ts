/** From the network to the callable that samplers take; the twin of `demos/diffusion/guidance.py`. */
import { toX0 } from './prediction.ts';
import type { Denoise } from './samplers.ts';

/** x [B * pixels], logSnr [B], y [B] -> velocity [B * pixels]. */
export type Network = (x: Float32Array, logSnr: Float32Array, y: number[]) => Promise<Float32Array>;

export interface NetworkFacts {
  /** The label that stands for no class. */
  unconditional: number;
  /** The network clamps log_snr to plus or minus this. */
  logSnrLimit: number;
}

/** 2 ln(alpha / sigma), held inside the network's range, also where alpha or sigma is 0. */
export function flowLogSnr(alpha: number, sigma: number, limit: number): number {
  if (sigma === 0) return limit;
  if (alpha === 0) return -limit;
  return Math.max(-limit, Math.min(limit, 2 * Math.log(alpha / sigma)));
}

/**
 * Wrap a network as `denoise(x_t, alpha, sigma) -> x0_hat`.
 *
 * Any Gaussian schedule reaches the flow path by dividing through alpha + sigma. Classifier-free
 * guidance mixes the conditional and the unconditional answer: scale 1 is plain conditional, 0
 * unconditional. At any other scale than 1 both go through the network in one batch of 2B.
 */
export function makeDenoise(net: Network, y: number[], guidanceScale: number, facts: NetworkFacts): Denoise {
  return async (xT, alpha, sigma) => {
    const u = sigma / (alpha + sigma);
    const x = xT.map((value) => value / (alpha + sigma));
    const logSnr = flowLogSnr(alpha, sigma, facts.logSnrLimit);
    if (guidanceScale === 1) {
      const velocity = await net(x, new Float32Array(y.length).fill(logSnr), y);
      return toX0(velocity, 'velocity', x, 1 - u, u);
    }
    const twice = new Float32Array(2 * x.length);
    twice.set(x);
    twice.set(x, x.length);
    const labels = [...y, ...y.map(() => facts.unconditional)];
    const both = await net(twice, new Float32Array(labels.length).fill(logSnr), labels);
    const velocity = x.map((_, i) => {
      const unconditional = both[x.length + i]!;
      return unconditional + guidanceScale * (both[i]! - unconditional);
    });
    return toX0(velocity, 'velocity', x, 1 - u, u);
  };
}
