/** What <point-flow> is to flow into: characters typed beside the canvas, or strokes written on it. */
import { charactersOf } from '../../drawing/ink.ts';
import { Pad, type Stroke } from '../../drawing/pad.ts';
import { decodeStrokes, encodeStrokes, fitted } from '../../drawing/strokes.ts';
import { PEN_WIDTH, type FlowStage } from './stage.ts';

/** Most characters that take turns: what a name or a greeting needs, and a reader waits for. */
export const MOST = 4;

/** The drawing; undefined if there is none, or a link brought nonsense. */
export const drawnIn = (strokes: string): Stroke[] | undefined => (strokes && decodeStrokes(strokes)) || undefined;

/** What the noise flows into, in turn: characters, or the one drawing as `strokes.ts` writes it. */
export function targetsOf(strokes: string, text: string, otherwise: string): string[] {
  if (drawnIn(strokes)) return [strokes];
  const characters = charactersOf(text, MOST);
  return characters.length > 0 ? characters : [otherwise];
}

/**
 * What a reader has typed, against what stands there: the last characters of it, and which of them come next.
 *
 * @returns undefined if there is nothing to be read; `turns` is empty if nothing is new
 */
export function typedTurns(value: string, before: string[]): { targets: string[]; turns: number[]; cut: boolean } | undefined {
  const typed = charactersOf(value, Infinity);
  if (typed.length === 0) return undefined;
  const targets = typed.slice(-MOST);
  const same = targets.findIndex((one, i) => one !== before[i]); // what stands already need not come again
  const gone = same < 0 && targets.length < before.length;
  return { targets, turns: gone ? [targets.length - 1] : same < 0 ? [] : [...targets.keys()].slice(same), cut: typed.length > MOST };
}

/** The square that a reader writes in, while it is open. */
export class WritingSquare {
  pad: Pad | undefined;

  open(canvas: HTMLCanvasElement, stage: FlowStage, strokes: Stroke[], onChange: () => void): void {
    this.pad = new Pad(canvas, { square: () => stage.square(canvas), onChange });
    this.pad.strokes = strokes;
    canvas.focus({ preventScroll: true });
  }

  get empty(): boolean {
    return (this.pad?.strokes.length ?? 0) === 0;
  }

  /** What was written, as `strokes.ts` writes it; what is written beside the square belongs to it. */
  get text(): string {
    return encodeStrokes(fitted(this.pad?.strokes ?? [], PEN_WIDTH / 2));
  }

  close(): void {
    this.pad?.detach();
    this.pad = undefined;
  }
}
