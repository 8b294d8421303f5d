/** A small black board on the page; what the reader draws on it becomes a 28 x 28 image like those of the data set. */
import { fillOutlines } from './fill.ts';
import { Pad, paintCursor, paintStrokes, type Stroke } from './pad.ts';
import { decodeStrokes, encodeStrokes, settled } from './strokes.ts';
import { canvasOf, contextOf } from '../images/canvas.ts';
import { toGray } from '../images/picture.ts';

/** Side of the board's canvas in pixels. */
export const BOARD_SIZE = 196;
const PEN_WIDTH = 0.085;
/** Gray of the cloth inside an outline, 0..255: that of the lighter half of the data set's garments. */
const CLOTH = 170;

export class DrawingPad {
  #strokes: Stroke[] = [];
  #pad: Pad | undefined;
  #canvas: HTMLCanvasElement | undefined;

  /**
   * @param drawn called after every change of the drawing.
   * @param filled closed outlines are shapes, filled with gray.
   */
  constructor(
    private readonly drawn: () => void,
    private readonly filled = false,
  ) {}

  /** Follow the page: the board may have come, gone or been made anew since the last call; strokes are kept. */
  follow(canvas: HTMLCanvasElement | null): void {
    if (canvas !== (this.#canvas ?? null)) {
      this.#pad?.detach();
      this.#canvas = canvas ?? undefined;
      this.#pad = canvas ? this.#attach(canvas) : undefined;
    }
    if (canvas) this.#paint(canvas);
  }

  get empty(): boolean {
    return this.#strokes.length === 0;
  }

  /** The drawing as a link holds it; what is no drawing is none. */
  get text(): string {
    return encodeStrokes(this.#strokes);
  }

  set text(text: string) {
    this.#strokes = decodeStrokes(text) ?? [];
    if (this.#pad) this.#pad.strokes = this.#strokes;
  }

  clear(): void {
    this.#pad?.clear();
  }

  /** White strokes on black, float32 [rows * columns] in [-1, 1], 28 x 28 if nothing is said. */
  image(columns?: number, rows?: number): Float32Array {
    const context = canvasOf(BOARD_SIZE, BOARD_SIZE);
    this.#paintStrokes(context, settled(this.#strokes)); // the one who gets the link sees the same noise
    return toGray(context.getImageData(0, 0, BOARD_SIZE, BOARD_SIZE).data, BOARD_SIZE, BOARD_SIZE, columns, rows);
  }

  #attach(canvas: HTMLCanvasElement): Pad {
    const pad = new Pad(canvas, {
      square: () => {
        const { left, top, width } = canvas.getBoundingClientRect();
        return { left, top, size: width };
      },
      onChange: () => {
        this.#strokes = pad.strokes;
        this.#paint(canvas);
        this.drawn();
      },
    });
    pad.strokes = this.#strokes;
    return pad;
  }

  #paint(canvas: HTMLCanvasElement): void {
    const context = contextOf(canvas);
    this.#paintStrokes(context);
    context.strokeStyle = '#f7b955';
    paintCursor(context, this.#pad?.cursor, 0, 0, BOARD_SIZE, 1);
  }

  #paintStrokes(context: CanvasRenderingContext2D, strokes = this.#strokes): void {
    context.fillStyle = '#000';
    context.fillRect(0, 0, BOARD_SIZE, BOARD_SIZE);
    context.strokeStyle = '#fff';
    paintStrokes(context, strokes, 0, 0, BOARD_SIZE, PEN_WIDTH * BOARD_SIZE);
    if (!this.filled || strokes.length === 0) return;
    const image = context.getImageData(0, 0, BOARD_SIZE, BOARD_SIZE);
    fillOutlines(image.data, BOARD_SIZE, BOARD_SIZE, CLOTH);
    context.putImageData(image, 0, 0);
  }
}
