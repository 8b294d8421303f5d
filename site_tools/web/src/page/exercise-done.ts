/** Which exercises are answered or skipped: what the demos behind them wait for. Kept while the tab lives. */

/** Dispatched on the document when a question is answered, rightly or wrongly, or skipped. */
export const EXERCISE_DONE = 'exercise-done';

export interface ExerciseDone {
  id: string;
  /** False if it was skipped. */
  answered: boolean;
}

const key = (id: string) => `live-exercise ${location.pathname}#${id}`;
const done = new Set<string>();

/** True if the page has this exercise and the reader has neither answered nor skipped it. */
export function isOpenQuestion(id: string): boolean {
  if (!id || !document.getElementById(id) || done.has(id)) return false;
  try {
    return sessionStorage.getItem(key(id)) === null;
  } catch {
    return true; // storage is forbidden: ask again
  }
}

export function closeQuestion(id: string, answered = false): void {
  done.add(id);
  try {
    sessionStorage.setItem(key(id), 'done');
  } catch {
    // Only this visit remembers it.
  }
  document.dispatchEvent(new CustomEvent<ExerciseDone>(EXERCISE_DONE, { detail: { id, answered } }));
}
