/** From a character or strokes to noise that is ready to flow into them. */
import { INK_SIZE, inkOfCharacter, inkOfStrokes } from '../../drawing/ink.ts';
import type { Stroke } from '../../drawing/pad.ts';
import { shadesOf } from './draw.ts';
import { Cloud, Trajectory } from './maths.ts';
import { HALF, PEN_WIDTH } from './stage.ts';
import { normal } from '../../maths/random.ts';
import { scatter } from '../../drawing/scatter.ts';

/** How many points the ink becomes: enough to read 24 strokes, few enough for a phone. */
const INK_POINTS = 760;
/** Streams of the seed. */
const NOISE = 0;
const INK = 1;

export interface Flow {
  trajectory: Trajectory;
  /** Index of each point's colour. */
  shades: Uint8Array;
  /** Distance between ink points, for the size of a dot at the end. */
  spacing: number;
}

/**
 * In pieces, so that a phone never holds still.
 *
 * @param what a character, or strokes in the unit square.
 * @param breathe gives the screen a turn.
 * @returns undefined if there is no ink.
 */
export async function prepareFlow(
  what: string | Stroke[],
  { seed, points, steps }: { seed: number; points: number; steps: number },
  breathe: () => Promise<void>,
): Promise<Flow | undefined> {
  const ink = typeof what === 'string' ? inkOfCharacter(what) : inkOfStrokes(what, PEN_WIDTH);
  await breathe();
  const unit = scatter(ink, INK_SIZE, INK_POINTS, (count) => normal(seed, INK, 1, count));
  if (unit.length === 0) return undefined;
  const data = unit.map((value) => value * HALF);
  await breathe();
  const noise = normal(seed, NOISE, 1, 2 * points);
  let inked = 0;
  for (const value of ink) if (value > 127) inked++;
  const spacing = (Math.sqrt(inked / (data.length / 2)) / INK_SIZE) * 2 * HALF;
  return { trajectory: new Trajectory(new Cloud(data), noise, steps), shades: shadesOf(noise), spacing };
}
