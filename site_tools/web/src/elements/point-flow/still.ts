/** A picture to keep or to send: the characters side by side as the noise has formed them, on the theme's paper. */
import { canvasOf } from '../../images/canvas.ts';
import { savePng } from '../../images/png.ts';
import { dotRadius, PointPainter, readPalette, viewOf } from './draw.ts';
import type { Flow } from './source.ts';

/** Pixels of a character's square. */
const SIDE = 720;

/** Save a PNG of flows that are computed to their end; `settings` is written inside, in ASCII. */
export async function saveStill(flows: Flow[], host: HTMLElement, name: string, settings: string): Promise<void> {
  const whole = canvasOf(SIDE * flows.length, SIDE);
  whole.fillStyle = getComputedStyle(host).getPropertyValue('--flow-paper-1').trim() || '#ffffff';
  whole.fillRect(0, 0, whole.canvas.width, SIDE);
  const square = canvasOf(SIDE, SIDE);
  const view = viewOf(SIDE, SIDE, 2);
  const palette = readPalette(host);
  const painter = new PointPainter();
  flows.forEach(({ trajectory, shades, spacing }, i) => {
    while (!trajectory.advance(1000));
    const now = new Float32Array(2 * trajectory.count);
    trajectory.at(0, now);
    painter.paint(square, view, palette, { now, before: now, shades, radius: dotRadius(spacing, 0, view), opacity: 1 });
    whole.drawImage(square.canvas, i * SIDE, 0);
  });
  await savePng(whole.canvas, name, settings);
}
