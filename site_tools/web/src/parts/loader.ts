/** What every page with live blocks has, and what the scripts that come later take from it. */
export { aborted, asLiveError, codeFromMessage, isAbort, LiveError, UnsupportedGraph } from '../page/errors.ts';
export { closeQuestion, EXERCISE_DONE, isOpenQuestion } from '../page/exercise-done.ts';
export { holdsState } from '../page/holds-state.ts';
export { canTell } from '../page/near.ts';
export { pageTexts } from '../page/page-texts.ts';
export { currentPage } from '../page/page.ts';
export { patience, PATIENCE_S, within } from '../page/patience.ts';
export { doneOn, forgetDone, noteDone } from '../page/progress.ts';
export { isWebPage, loadScript, whatComes } from '../page/script.ts';
