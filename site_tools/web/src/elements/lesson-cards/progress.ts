/** What cards say of progress, from what is noted: pure, no DOM. */

/** How many of a page's exercises are noted; what the page no longer has does not count. */
export const countDone = (exercises: readonly string[], noted: readonly string[]): number =>
  exercises.filter((id) => noted.includes(id)).length;

export interface CardState {
  page: string;
  done: number;
  of: number;
}

/**
 * Where to go on: the page on which something was done last, or the next one after it with a question left; undefined
 * if nothing was done, or nothing is left from there on.
 */
export function whereToGoOn(cards: readonly CardState[], last: string): string | undefined {
  const from = cards.findIndex((card) => card.page === last);
  return from < 0 ? undefined : cards.slice(from).find((card) => card.done < card.of)?.page;
}
