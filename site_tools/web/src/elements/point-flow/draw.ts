/** Points, trails and paths on a canvas. Knows coordinates and colours, nothing of where they come from. */

/** From model units (y down) to canvas pixels. */
export interface View {
  width: number;
  height: number;
  /** Canvas pixels a unit. */
  scale: number;
  /** Canvas pixels a CSS pixel. */
  ratio: number;
}

/** Half the height of the view: 2.3 standard deviations of the noise. */
const HALF_HEIGHT = 2.3;
const SHADES = 24;

export interface Palette {
  /** One colour for each shade, from the first end of the gradient to the last. */
  shades: string[];
  /** The same as red, green, blue. */
  channels: number[][];
  /** How much a dot glows, 0..1. */
  halo: number;
  line: string;
  ink: string;
}

/** Fit the backing store to the canvas's size on the page, so that dots are crisp on any screen. */
export function fit(canvas: HTMLCanvasElement, mostRatio = 2): View {
  const ratio = Math.min(mostRatio, globalThis.devicePixelRatio || 1); // beyond 2 nobody sees it, and pixels grow with the square
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return viewOf(width, height, ratio);
}

/** The view of a canvas of so many pixels. */
export function viewOf(width: number, height: number, ratio: number): View {
  return { width, height, scale: Math.min(width, height) / (2 * HALF_HEIGHT), ratio };
}

/** Radius of a dot in model units: they touch where the ink is, and are finer while they fly. */
export function dotRadius(spacing: number, time: number, view: View): number {
  return Math.max(spacing * (0.47 - 0.22 * Math.sqrt(time)), (0.9 * view.ratio) / view.scale);
}

const toX = (view: View, x: number): number => view.width / 2 + x * view.scale;
const toY = (view: View, y: number): number => view.height / 2 + y * view.scale;

/** Colours from the element's CSS: `--flow-1..3` are the gradient, `--flow-halo` is how much a dot glows, 0..1. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  const stops = [read('--flow-1', '#25408f'), read('--flow-2', '#7a3b99'), read('--flow-3', '#c8453c')].map(channels);
  const mixed = Array.from({ length: SHADES }, (_, i) => {
    const place = (i / (SHADES - 1)) * (stops.length - 1);
    const from = Math.min(Math.floor(place), stops.length - 2);
    return stops[from]!.map((channel, c) => Math.round(channel + (place - from) * (stops[from + 1]![c]! - channel)));
  });
  return {
    shades: mixed.map((one) => `rgb(${one.join(',')})`),
    channels: mixed,
    halo: Number(read('--flow-halo', '0')),
    line: read('--flow-line', '#888888'),
    ink: read('--flow-ink', '#1f2733'),
  };
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) || 0);
}

/**
 * The shade of each point, by where it starts: the noise along a diagonal, through the normal distribution,
 * so that every shade is used by the same number of points.
 */
export function shadesOf(noise: ArrayLike<number>): Uint8Array {
  return Uint8Array.from({ length: noise.length / 2 }, (_, i) => {
    const along = (noise[2 * i]! + 0.7 * noise[2 * i + 1]!) / Math.hypot(1, 0.7);
    const share = 1 / (1 + Math.exp(-1.702 * along)); // the normal distribution to 1 %
    return Math.min(SHADES - 1, Math.floor(share * SHADES));
  });
}

export interface Scene {
  /** Where the points are, [m, 2]. */
  now: Float32Array;
  /** Where they were a moment ago, for the trails; the same array for none. */
  before: Float32Array;
  shades: Uint8Array;
  /** Radius of a dot in model units. */
  radius: number;
  /** 0..1. */
  opacity: number;
}

/** Ghosts a point leaves on its way, and how visible the nearest of them is. */
const GHOSTS = 3;
const GHOST_OPACITY = 0.4;

/**
 * Dots set pixel by pixel: 1500 of them with their trails cost a few milliseconds on a phone, where the same
 * number of `drawImage` calls takes a whole frame. Replaces what is on the canvas.
 */
export class PointPainter {
  /** Milliseconds a picture takes, averaged over the last few. */
  cost = 0;
  private image: ImageData | undefined;

  paint(context: CanvasRenderingContext2D, view: View, palette: Palette, { now, before, shades, radius, opacity }: Scene): void {
    if (this.image?.width !== view.width || this.image.height !== view.height) this.image = new ImageData(view.width, view.height);
    const image = this.image;
    const start = performance.now();
    image.data.fill(0);
    const dot = radius * view.scale;
    for (let i = 0; before !== now && i < shades.length; i++) {
      const colour = palette.channels[shades[i]!]!;
      const [x, y] = [toX(view, now[2 * i]!), toY(view, now[2 * i + 1]!)];
      const [stepX, stepY] = [(toX(view, before[2 * i]!) - x) / GHOSTS, (toY(view, before[2 * i + 1]!) - y) / GHOSTS];
      if (Math.hypot(stepX, stepY) < 0.2) continue; // it hardly moves: the dot covers its ghosts
      for (let g = GHOSTS; g > 0; g--) {
        splat(image, x + g * stepX, y + g * stepY, dot * (1 - 0.15 * g), colour, opacity * GHOST_OPACITY * (1 - g / (GHOSTS + 1)), 0);
      }
    }
    for (let i = 0; i < shades.length; i++) {
      splat(image, toX(view, now[2 * i]!), toY(view, now[2 * i + 1]!), dot, palette.channels[shades[i]!]!, opacity, palette.halo);
    }
    context.putImageData(image, 0, 0);
    this.cost += 0.2 * (performance.now() - start - this.cost);
  }
}

/** Lay one soft-edged disc over an image (not premultiplied, as ImageData is); the halo fades out at 2.3 radii. */
export function splat({ data, width, height }: ImageData, x: number, y: number, radius: number, colour: ArrayLike<number>, opacity: number, halo: number): void {
  const reach = halo > 0 ? 2.3 * radius + 0.5 : radius + 0.5;
  const [left, right] = [Math.max(0, Math.floor(x - reach)), Math.min(width - 1, Math.floor(x + reach))];
  const [top, bottom] = [Math.max(0, Math.floor(y - reach)), Math.min(height - 1, Math.floor(y + reach))];
  const [red, green, blue] = [colour[0]!, colour[1]!, colour[2]!];
  const inside = Math.max(0, radius - 0.5) ** 2;
  for (let row = top; row <= bottom; row++) {
    const dy = row + 0.5 - y;
    for (let column = left; column <= right; column++) {
      const dx = column + 0.5 - x;
      const square = dx * dx + dy * dy;
      if (square >= reach * reach) continue;
      let cover = 1;
      if (square > inside) {
        const distance = Math.sqrt(square);
        cover = Math.max(0, radius + 0.5 - distance, halo * (1 - distance / reach) ** 2);
      }
      const over = opacity * Math.min(1, cover);
      if (over < 0.004) continue; // less than one level of 255
      const i = 4 * (row * width + column);
      const under = (data[i + 3]! / 255) * (1 - over);
      if (under < 0.004) {
        // Nothing below, or nothing of it to be seen: the usual case, and the quick one.
        data[i] = red;
        data[i + 1] = green;
        data[i + 2] = blue;
        data[i + 3] = 255 * over;
        continue;
      }
      const share = over / (over + under);
      data[i] = data[i]! + share * (red - data[i]!);
      data[i + 1] = data[i + 1]! + share * (green - data[i + 1]!);
      data[i + 2] = data[i + 2]! + share * (blue - data[i + 2]!);
      data[i + 3] = 255 * (over + under);
    }
  }
}

/** The way of one point, with a ring where it started. */
export function drawPath(context: CanvasRenderingContext2D, view: View, colour: string, path: Float64Array, opacity: number, ring = true): void {
  context.globalAlpha = opacity;
  context.strokeStyle = colour;
  context.lineWidth = (ring ? 2 : 1.2) * view.ratio;
  context.lineJoin = 'round';
  context.beginPath();
  for (let i = 0; i < path.length; i += 2) context.lineTo(toX(view, path[i]!), toY(view, path[i + 1]!));
  context.stroke();
  if (ring) drawRing(context, view, path[0]!, path[1]!, 3.5);
  context.globalAlpha = 1;
}

/** A small circle in the current stroke colour; `radius` in CSS pixels. */
export function drawRing(context: CanvasRenderingContext2D, view: View, x: number, y: number, radius: number): void {
  context.lineWidth = 1.6 * view.ratio;
  context.beginPath();
  context.arc(toX(view, x), toY(view, y), radius * view.ratio, 0, 2 * Math.PI);
  context.stroke();
}

/** The square a character is written in, in canvas pixels. `half` is half its side in model units. */
export function squareOf(view: View, half: number): { left: number; top: number; size: number } {
  return { left: toX(view, -half), top: toY(view, -half), size: 2 * half * view.scale };
}

/** The ruled square of a Chinese copybook: frame, cross and diagonals. */
export function drawCopybook(context: CanvasRenderingContext2D, view: View, half: number, colour: string): void {
  const { left, top, size } = squareOf(view, half);
  context.strokeStyle = colour;
  context.lineWidth = view.ratio;
  context.setLineDash([]);
  context.strokeRect(left, top, size, size);
  context.setLineDash([4 * view.ratio, 5 * view.ratio]);
  context.beginPath();
  for (const [x0, y0, x1, y1] of [[0, 0.5, 1, 0.5], [0.5, 0, 0.5, 1], [0, 0, 1, 1], [1, 0, 0, 1]] as const) {
    context.moveTo(left + x0 * size, top + y0 * size);
    context.lineTo(left + x1 * size, top + y1 * size);
  }
  context.stroke();
  context.setLineDash([]);
}

/** The point nearest to a place on the canvas (CSS pixels from its corner) within `reach` CSS pixels, or -1. */
export function pointAt(view: View, points: Float32Array, left: number, top: number, reach: number): number {
  let best = -1;
  let nearest = (reach * view.ratio) ** 2;
  for (let i = 0; i < points.length / 2; i++) {
    const d = (toX(view, points[2 * i]!) - left * view.ratio) ** 2 + (toY(view, points[2 * i + 1]!) - top * view.ratio) ** 2;
    if (d < nearest) [best, nearest] = [i, d];
  }
  return best;
}
