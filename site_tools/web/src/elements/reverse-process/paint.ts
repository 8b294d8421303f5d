/** Trajectories on canvases: the pictures at a moment, the film of one image, and the row between two noises. */
import { differenceOf } from '../../images/compare.ts';
import { IMAGE_GRID, paintGrid, type Grid } from '../../images/grid.ts';
import { framesOf, markStrip, paintStrip } from '../../images/strip.ts';
import { COUNT, frameAt, pixelsOf, type Trajectory } from './trajectory.ts';

/** Frames on a film. */
const FRAMES = 9;

export interface Scene {
  made: Trajectory;
  /** The first images alone, which follow the hand. */
  few: Trajectory | undefined;
  /** What is pinned beside it. */
  kept: Trajectory | undefined;
  view: 'x' | 'x0';
  /** From noise (0) to data (1). */
  at: number;
  /** The image whose film is shown. */
  which: number;
  /** Whether it is also the only one shown. */
  alone: boolean;
}

export function paintScene(host: Element, { made, few, kept, view: chosen, at, which, alone }: Scene): void {
  const view = made.length > 1 ? chosen : 'x'; // of noise that stands still nothing is guessed yet
  const pixels = made.frames[0]!.x.length / COUNT;
  const size = Math.sqrt(pixels);
  const canvas = (name: string) => host.querySelector<HTMLCanvasElement>(`canvas.${name}`);
  const one = (images: Uint8ClampedArray | null | undefined, i = which) => images?.subarray(i * pixels, (i + 1) * pixels);
  const grid: Grid = alone ? { columns: 1, size, scale: 16, gap: 0 } : { ...IMAGE_GRID, size };
  const paint = (name: string, images: Uint8ClampedArray, faded?: number) => {
    const target = canvas(name);
    if (!target) return;
    if (alone) paintGrid(target, one(images)!, 1, grid);
    else paintGrid(target, images, COUNT, grid, faded);
  };
  const shown = pixelsOf(made, frameAt(made, at), view).slice();
  if (few) shown.set(pixelsOf(few, frameAt(few, at), view));
  paint('live-b', shown, few?.count);
  const other = kept ? pixelsOf(kept, frameAt(kept, at), view) : made.frames[0]!.x; // A is still to come, from this noise mostly
  paint('live-a', other);
  if (kept) paint('live-difference', differenceOf(other, shown));
  const film = canvas('live-film-time');
  if (film) {
    const source = few ?? made;
    const frames = framesOf(source.length, FRAMES).map((i) => source.frames[i]);
    if (source.length === 1) frames.fill(undefined, 1); // it stands still: nothing else is known
    paintStrip(film, [frames.map((frame) => one(frame?.x)), frames.map((frame) => frame && one(frame.x0 ?? source.frames[1]?.x0))], { size });
    markStrip(film.parentElement!, FRAMES, at);
  }
  const row = canvas('live-film-between');
  if (row) {
    paintStrip(row, [Array.from({ length: COUNT }, (_, i) => one(shown, i))], { size });
    markStrip(row.parentElement!, COUNT, which / (COUNT - 1));
  }
}
