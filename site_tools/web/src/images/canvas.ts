/** Canvases to draw on. A browser may refuse one: memory is short, or it protects its reader from being recognised. */
import { LiveError } from '../shared.ts';

/** Throws a LiveError if there is no context to be had. */
export function contextOf(canvas: HTMLCanvasElement, options?: CanvasRenderingContext2DSettings): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', options);
  if (!context) throw new LiveError('canvas', `${canvas.width} x ${canvas.height}`);
  return context;
}

/** A canvas that is never shown, made for reading its pixels. */
export function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return contextOf(canvas, { willReadFrequently: true });
}
