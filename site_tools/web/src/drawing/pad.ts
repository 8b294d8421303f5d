/**
 * A pad for a pen, a finger, a mouse or the arrow keys. It keeps strokes in the unit square, so that they
 * can be painted at any size, and knows nothing of what they are for.
 */

/** Points of one stroke, [x0, y0, x1, y1, ...] in [0, 1], y pointing down. */
export type Stroke = number[];

/** Where the keyboard's pen is in the unit square, and whether it is on the paper. */
export interface Cursor {
  x: number;
  y: number;
  down: boolean;
}

export interface PadOptions {
  /** Where the unit square lies on the screen, in client pixels. */
  square: () => { left: number; top: number; size: number };
  onChange: () => void;
}

const KEY_STEP = 1 / 40;
const DIRECTIONS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pad {
  strokes: Stroke[] = [];
  /** Undefined until a key is used. */
  cursor: Cursor | undefined;
  readonly #listeners = new AbortController();
  #pointer: number | undefined;

  /** @param canvas gets the listeners; give it `tabindex="0"`, a label and `touch-action: none`. */
  constructor(
    private readonly canvas: HTMLElement,
    private readonly options: PadOptions,
  ) {
    const { signal } = this.#listeners;
    canvas.addEventListener('pointerdown', this.#down, { signal });
    canvas.addEventListener('pointermove', this.#move, { signal });
    canvas.addEventListener('pointerup', this.#up, { signal });
    canvas.addEventListener('pointercancel', this.#up, { signal });
    canvas.addEventListener('keydown', this.#key, { signal });
  }

  detach(): void {
    this.#listeners.abort();
  }

  clear(): void {
    this.strokes = [];
    if (this.cursor) this.cursor.down = false;
    this.options.onChange();
  }

  undo(): void {
    this.strokes.pop();
    if (this.cursor) this.cursor.down = false;
    this.options.onChange();
  }

  #place(event: PointerEvent): [number, number] {
    const { left, top, size } = this.options.square();
    return [(event.clientX - left) / size, (event.clientY - top) / size];
  }

  #down = (event: PointerEvent): void => {
    if (event.button !== 0 || this.#pointer !== undefined) return; // one finger draws, a resting palm does not
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.cursor = undefined;
    this.strokes.push(this.#place(event));
    this.options.onChange();
  };

  #move = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) this.#extend(...this.#place(one));
    this.options.onChange();
  };

  #up = (event: PointerEvent): void => {
    if (event.pointerId === this.#pointer) this.#pointer = undefined;
  };

  #key = (event: KeyboardEvent): void => {
    const direction = DIRECTIONS[event.key];
    if (direction) {
      this.cursor ??= { x: 0.5, y: 0.5, down: false };
      this.cursor.x = Math.min(1, Math.max(0, this.cursor.x + direction[0] * KEY_STEP));
      this.cursor.y = Math.min(1, Math.max(0, this.cursor.y + direction[1] * KEY_STEP));
      if (this.cursor.down) this.#extend(this.cursor.x, this.cursor.y);
    } else if (event.key === ' ') {
      this.cursor ??= { x: 0.5, y: 0.5, down: false };
      this.cursor.down = !this.cursor.down;
      if (this.cursor.down) this.strokes.push([this.cursor.x, this.cursor.y]);
    } else if (event.key === 'Backspace') {
      this.undo();
    } else {
      return;
    }
    event.preventDefault(); // arrows and space would scroll the page
    this.options.onChange();
  };

  #extend(x: number, y: number): void {
    this.strokes.at(-1)!.push(x, y);
  }
}

/** Paint strokes into a square of a canvas; corners are rounded through the midpoints, like ink. */
export function paintStrokes(context: CanvasRenderingContext2D, strokes: Stroke[], left: number, top: number, size: number, width: number): void {
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    const at = (i: number): [number, number] => [left + stroke[2 * i]! * size, top + stroke[2 * i + 1]! * size];
    const last = stroke.length / 2 - 1;
    context.beginPath();
    context.moveTo(...at(0));
    for (let i = 1; i < last; i++) {
      const [x, y] = at(i);
      const [nextX, nextY] = at(i + 1);
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.lineTo(...at(last)); // a stroke of one point becomes a dot
    context.stroke();
  }
}

/** Paint where the keyboard's pen is, a small ring while it writes; `ratio` is that of canvas to screen pixels. */
export function paintCursor(context: CanvasRenderingContext2D, cursor: Cursor | undefined, left: number, top: number, size: number, ratio: number): void {
  if (!cursor) return;
  context.lineWidth = 2 * ratio;
  context.beginPath();
  context.arc(left + cursor.x * size, top + cursor.y * size, (cursor.down ? 4 : 8) * ratio, 0, 2 * Math.PI);
  context.stroke();
}
