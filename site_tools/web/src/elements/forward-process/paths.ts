/** The histogram as SVG paths: crisp at any size, coloured by CSS, and it prints. */
import { density, normalDensity, type Histogram } from './maths.ts';

/** A plot of densities: x from low to high, y from 0 (bottom) to `top`, in a box of width x height. */
export interface Axes {
  low: number;
  high: number;
  top: number;
  width: number;
  height: number;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

const toX = ({ low, high, width }: Axes, x: number): number => ((x - low) / (high - low)) * width;
const toY = ({ top, height }: Axes, y: number): number => height - (Math.min(y, top) / top) * height;

/** The bars as one path; a bar higher than the plot is cut off at its top. */
export function barsPath(bars: Histogram, axes: Axes): string {
  const step = (bars.high - bars.low) / bars.counts.length;
  return Array.from(density(bars), (value, i) => {
    if (value === 0) return '';
    const left = toX(axes, bars.low + i * step) + 0.5;
    const right = toX(axes, bars.low + (i + 1) * step) - 0.5;
    return `M${round(left)} ${axes.height}V${round(toY(axes, value))}H${round(right)}V${axes.height}Z`;
  }).join('');
}

/** The bars that the plot cuts off: the middle of each, and how high it really is. */
export function cutBars(bars: Histogram, axes: Axes): { x: number; density: number }[] {
  const step = (bars.high - bars.low) / bars.counts.length;
  return Array.from(density(bars), (value, i) => ({ x: toX(axes, bars.low + (i + 0.5) * step), density: value })).filter(
    (bar) => bar.density > axes.top,
  );
}

/** The density of N(0, 1) as a path. */
export function normalPath(axes: Axes): string {
  const points = Array.from({ length: 121 }, (_, i) => {
    const x = axes.low + ((axes.high - axes.low) * i) / 120;
    return `${round(toX(axes, x))} ${round(toY(axes, normalDensity(x)))}`;
  });
  return `M${points.join('L')}`;
}

/** Whole numbers along the x axis with their places, at most nine. */
export function ticks(axes: Axes): { x: number; label: string }[] {
  const step = Math.ceil((axes.high - axes.low) / 8);
  const first = Math.ceil(axes.low / step) * step;
  return Array.from({ length: Math.floor((axes.high - first) / step) + 1 }, (_, i) => {
    const value = first + i * step;
    return { x: toX(axes, value), label: String(value).replace('-', '−') };
  });
}
