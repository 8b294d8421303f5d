/** The histogram of all pixels over the standard normal density, as an SVG template. */
import { barsPath, cutBars, normalPath, ticks, type Axes } from './paths.ts';
import { histogram } from './maths.ts';
import { html, svg } from '../../shared.ts';

const WIDTH = 320;
const HEIGHT = 190;
/** Beside the axis: half of the numbers at its ends. */
const SIDE = 10;
/** The spike of black pixels at t = 0 would be ten times as high; above this a bar is cut off, and says so. */
const TOP = 0.8;
const BINS = 48;

/**
 * @param values the pixels.
 * @param sigma the widest noise of the process: the axis is made for it, and keeps still while t moves.
 */
export function histogramPlot(values: Float32Array, sigma: number, words: { title: string; bars: string; curve: string }) {
  const reach = Math.max(4, Math.ceil((3 * sigma) / 2) * 2);
  const axes: Axes = { width: WIDTH, height: HEIGHT, low: -reach, high: reach, top: TOP };
  const bars = histogram(values, -reach, reach, BINS);
  const cut = cutBars(bars, axes);
  const highest = cut.reduce((a, b) => (b.density > a.density ? b : a), { x: 0, density: 0 });
  return html`
    <svg class="forward-histogram" viewBox="${-SIDE} -16 ${WIDTH + 2 * SIDE} ${HEIGHT + 36}" role="img" aria-label=${words.title}>
      <path class="forward-bars" d=${barsPath(bars, axes)}></path>
      ${cut.map(({ x }) => svg`<path class="forward-bars" d=${`M${x - 3} -2h6l-3 -5z`}></path>`)}
      ${cut.length ? svg`<text x=${highest.x + 6} y="1">${highest.density.toFixed(1)}</text>` : ''}
      <path class="forward-normal" d=${normalPath(axes)}></path>
      <path class="forward-axis" d=${`M0 ${HEIGHT + 0.5}H${WIDTH}`}></path>
      ${ticks(axes).map(({ x, label }) => svg`<text x=${x} y=${HEIGHT + 16} text-anchor="middle">${label}</text>`)}
      <rect x="6" y="-8" width="10" height="10" class="forward-bars"></rect>
      <text x="21" y="1">${words.bars}</text>
      <path class="forward-normal" d="M6 15h12"></path>
      <text x="21" y="19">${words.curve}</text>
    </svg>
  `;
}
