/** Observers shared by all elements of a page: who is on screen, and when the colours change. */
import { canTell } from './near.ts';

export interface Watcher {
  onVisibility(visible: boolean): void;
  onTheme(): void;
}

const watchers = new Map<Element, Watcher>();
let intersection: IntersectionObserver | undefined;

let started = false;

function start(): void {
  started = true;
  const themeChanged = () => watchers.forEach((watcher) => watcher.onTheme());
  // Material writes the chosen palette here; without a palette the system's preference rules.
  new MutationObserver(themeChanged).observe(document.body, { attributeFilter: ['data-md-color-scheme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener?.('change', themeChanged);
  if (!canTell()) return;
  intersection = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) watchers.get(entry.target)?.onVisibility(entry.isIntersecting);
    },
    { rootMargin: '100px' },
  );
}

export function watch(element: Element, watcher: Watcher): void {
  if (!started) start();
  watchers.set(element, watcher);
  intersection?.observe(element);
}

export function unwatch(element: Element): void {
  watchers.delete(element);
  intersection?.unobserve(element);
}

/** The page's colours as they are now, for drawings that are not CSS. */
export function themeColors(element: Element): { ink: string; faint: string; accent: string; ground: string } {
  const style = getComputedStyle(element);
  const read = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return {
    ink: read('--live-ink', '#26303f'),
    faint: read('--live-line', '#c9d0da'),
    accent: read('--live-accent', '#2f6fb7'),
    ground: read('--live-ground', '#ffffff'),
  };
}

export const prefersCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Give the page a turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** After the next frame is drawn, or 100 ms where none are; what follows is a task of its own and holds no frame up. */
export const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, 100);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      setTimeout(resolve);
    });
  });
