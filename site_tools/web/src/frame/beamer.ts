/** Full screen before a class: the keys of a clicker, whatever has the focus. */

export interface Beamer {
  /** Space: run, or play again what is there. */
  play(): void;
  /** Arrows and the two keys of a clicker: so many moments on (1) or back (-1). */
  step(by: 1 | -1): void;
}

/** What arrows move when it has the focus; a board of drawing has its pen. */
const MOVED = 'input, select, [role=application]';
const STEPS: Record<string, 1 | -1> = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };

/** Follow the keys while `host` is on full screen. Returns what ends it. */
export function followKeys(host: Element, { play, step }: Beamer): () => void {
  const follow = (event: KeyboardEvent) => {
    if (document.fullscreenElement !== host || event.ctrlKey || event.metaKey || event.altKey) return;
    const own = (event.target as Element).closest(`${MOVED}, summary, button, a`); // these have a use of their own for keys
    const by = STEPS[event.key];
    const paged = event.key.startsWith('Page');
    if (by !== undefined && (paged || !own?.matches(MOVED))) step(by);
    else if (event.key === ' ' && !own) play();
    else return;
    event.preventDefault();
  };
  document.addEventListener('keydown', follow, { capture: true }); // elements keep keys to themselves
  return () => document.removeEventListener('keydown', follow, { capture: true });
}
