/** Which slide is meant: by an address, a key, or the place of the strip. Slides count from 1. */

/** `#slide-3`, and the notes and the text of a slide; undefined for anything else and for slides there are not. */
export function slideOfHash(hash: string, count: number): number | undefined {
  const found = /^#slide-(\d+)(-text|-notes)?$/.exec(hash);
  const number = Number(found?.[1]);
  return number >= 1 && number <= count ? number : undefined;
}

/** Where a key leads from slide `current`; undefined for keys that lead nowhere. Shift turns the space bar round. */
export function slideOfKey(key: string, current: number, count: number, shift = false): number | undefined {
  const targets: Record<string, number> = {
    ArrowLeft: current - 1,
    ArrowUp: current - 1,
    PageUp: current - 1,
    ArrowRight: current + 1,
    ArrowDown: current + 1,
    PageDown: current + 1,
    ' ': current + (shift ? -1 : 1),
    Home: 1,
    End: count,
  };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(count, Math.max(1, target));
}

/** The slide that fills most of a strip `width` wide and scrolled by `left`. */
export function slideAt(left: number, width: number, count: number): number {
  return width > 0 ? Math.min(count, Math.max(1, Math.round(left / width) + 1)) : 1;
}
