/** Browsers that lack something: no canvas to draw on, nobody who tells what is on screen. */
import { afterEach, expect, test, vi } from 'vitest';
import { contextOf } from '../src/images/canvas.ts';
import { paintGrid } from '../src/images/grid.ts';
import { whenNear } from '../src/page/near.ts';
import { unwatch, watch } from '../src/page/observe.ts';

afterEach(() => void vi.unstubAllGlobals());

test('a canvas without a context is called that', () => {
  const canvas = { width: 4, height: 4, getContext: () => null } as unknown as HTMLCanvasElement;
  expect(() => contextOf(canvas)).toThrow(expect.objectContaining({ code: 'canvas' }));
  expect(() => paintGrid(canvas, new Uint8ClampedArray(784), 1)).toThrow(expect.objectContaining({ code: 'canvas' }));
});

test('without an IntersectionObserver every element is near, and themes are still followed', () => {
  vi.stubGlobal('IntersectionObserver', undefined);
  const seen: (() => void)[] = [];
  vi.stubGlobal('MutationObserver', class {
    constructor(callback: () => void) {
      seen.push(callback);
    }
    observe() {}
  });
  vi.stubGlobal('document', { body: {} });
  vi.stubGlobal('matchMedia', () => ({}));
  const element = {} as Element;
  const near = vi.fn();
  whenNear(element, near);
  expect(near).toHaveBeenCalledOnce();
  const watcher = { onVisibility: vi.fn(), onTheme: vi.fn() };
  watch(element, watcher);
  seen.forEach((callback) => callback());
  expect(watcher.onTheme).toHaveBeenCalledOnce();
  unwatch(element);
});
