/** What stands on the canvas of <point-flow>: the points on their way, the one under the finger, or the writing square. */
import type { Pad } from '../../drawing/pad.ts';
import { contextOf } from '../../images/canvas.ts';
import { paintCursor, paintStrokes } from '../../drawing/pad.ts';
import { drawCopybook, drawPath, drawRing, dotRadius, fit, pointAt, PointPainter, readPalette, squareOf, type Palette, type View } from './draw.ts';
import type { Trajectory } from './maths.ts';
import type { Flow } from './source.ts';

/** Half the side of the writing square, in standard deviations of the noise. */
export const HALF = 1.62;
/** Width of the pen as a part of that side. */
export const PEN_WIDTH = 0.075;
/** Milliseconds of painting above which trails and fine pixels are left out. */
const PAINT_LIMIT = 9;

/** One picture of the flow. */
export interface Scene extends Flow {
  /** 1 = noise, 0 = data. */
  time: number;
  view: 'x' | 'x0' | 'paths';
  moving: boolean;
}

export class FlowStage {
  readonly #painter = new PointPainter();
  #palette: Palette | undefined;
  #now: Float32Array = new Float32Array(0);
  #before: Float32Array = new Float32Array(0);
  #touched = -1;

  /** @param host carries the theme's colours. */
  constructor(private readonly host: HTMLElement) {}

  forgetColours(): void {
    this.#palette = undefined;
  }

  forgetTouch(): boolean {
    const touched = this.#touched >= 0;
    this.#touched = -1;
    return touched;
  }

  /** Take note of the point at a place in client pixels; true if it is another one than before. */
  touch(canvas: HTMLCanvasElement, x: number, y: number): boolean {
    const box = canvas.getBoundingClientRect();
    const touched = pointAt(fit(canvas), this.#now, x - box.left, y - box.top, 22);
    const changed = touched !== this.#touched;
    this.#touched = touched;
    return changed;
  }

  /** Where the writing square lies, in client pixels. */
  square(canvas: HTMLCanvasElement): { left: number; top: number; size: number } {
    const box = canvas.getBoundingClientRect();
    const view = fit(canvas);
    const { left, top, size } = squareOf(view, HALF);
    return { left: box.left + left / view.ratio, top: box.top + top / view.ratio, size: size / view.ratio };
  }

  drawPad(canvas: HTMLCanvasElement, pad: Pad | undefined): void {
    const { context, view, palette } = this.#clear(canvas, 2);
    drawCopybook(context, view, HALF, palette.line);
    const { left, top, size } = squareOf(view, HALF);
    context.strokeStyle = palette.ink;
    paintStrokes(context, pad?.strokes ?? [], left, top, size, PEN_WIDTH * size);
    context.strokeStyle = palette.shades.at(-1)!;
    paintCursor(context, pad?.cursor, left, top, size, view.ratio);
  }

  /** Draw one picture; without a scene the canvas is left empty. */
  draw(canvas: HTMLCanvasElement, scene: Scene | undefined): void {
    const animated = scene !== undefined && scene.moving && scene.view === 'x' && scene.time > 0 && scene.time < 1;
    // A slow device gets plainer pictures while they move, and the whole beauty when they rest.
    const plain = animated && this.#painter.cost > PAINT_LIMIT;
    const { context, view, palette } = this.#clear(canvas, plain ? 1 : 2);
    if (!scene) return;
    const { trajectory, time, shades } = scene;
    this.#place(scene);
    const trails = animated && !plain;
    if (trails) trajectory.at(Math.min(1, time + 0.012 + 0.03 * time), this.#before);
    this.#painter.paint(context, view, palette, {
      now: this.#now,
      before: trails ? this.#before : this.#now,
      shades,
      radius: dotRadius(scene.spacing, time, view),
      opacity: scene.view === 'paths' ? 0.6 : 1 - 0.3 * time,
    });
    if (scene.view === 'paths') {
      for (let i = 0; i < trajectory.count; i += Math.ceil(trajectory.count / 160)) {
        drawPath(context, view, palette.shades[shades[i]!]!, trajectory.path(i), 0.5, false);
      }
    }
    if (this.#touched >= 0) this.#drawTouched(context, view, palette, trajectory);
  }

  #clear(canvas: HTMLCanvasElement, finest: number): { context: CanvasRenderingContext2D; view: View; palette: Palette } {
    const context = contextOf(canvas);
    const view = fit(canvas, finest);
    context.clearRect(0, 0, view.width, view.height);
    return { context, view, palette: (this.#palette ??= readPalette(this.host)) };
  }

  #place({ trajectory, time, view }: Scene): void {
    if (this.#now.length !== 2 * trajectory.count) {
      this.#now = new Float32Array(2 * trajectory.count);
      this.#before = new Float32Array(2 * trajectory.count);
    }
    if (view === 'x0') trajectory.guessAt(time, this.#now);
    else trajectory.at(time, this.#now);
  }

  #drawTouched(context: CanvasRenderingContext2D, view: View, palette: Palette, trajectory: Trajectory): void {
    const i = this.#touched;
    drawPath(context, view, palette.ink, trajectory.path(i), 0.9);
    context.strokeStyle = palette.ink;
    drawRing(context, view, this.#now[2 * i]!, this.#now[2 * i + 1]!, 6);
  }
}
