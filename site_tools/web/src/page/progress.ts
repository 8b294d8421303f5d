/**
 * What readers have done, kept in this browser and sent nowhere: for each page of a course the ids of its exercises.
 *
 * One entry a page, so that two tabs do not undo each other's; the courses of one server are told apart by their roots.
 * An entry is ids with blanks between them: whatever else stands in one is no id that a page asks for, and a browser
 * that keeps nothing keeps no progress.
 */
import { currentPage } from './page.ts';

/** The entry of a page (its source below its language, so that twins share one), or with "" that of the last page. */
const entry = (page: string): string => `live-done ${new URL(currentPage().root || '.', location.href).pathname} ${page}`;

/** Remember that an exercise of this page is done: a guess when it is made, anything else when it is right. */
export function noteDone(id: string): void {
  const { page } = currentPage();
  const done = doneOn(page);
  if (done.includes(id)) return;
  try {
    localStorage.setItem(entry(page), [...done, id].join(' '));
    localStorage.setItem(entry(''), page);
  } catch {
    // full, or forbidden
  }
}

/** The ids noted on a page; on "" the page on which something was done last. */
export function doneOn(page: string): string[] {
  try {
    return localStorage.getItem(entry(page))?.split(' ') ?? [];
  } catch {
    return [];
  }
}

export function forgetDone(page: string): void {
  try {
    localStorage.removeItem(entry(page));
  } catch {
    // nothing is kept
  }
}
