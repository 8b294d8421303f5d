/** What a reader is asked to do next. */
import { hasUploads, LESSONS, openRepository, STEPS, type Simulation, type Start } from './simulation.ts';

/** The key of a sentence in `texts.ts`. */
export type Task =
  | 'open-sign-up' | 'fill-form' | 'solve-puzzle' | 'enter-code' | 'sign-out' | 'open-sign-in' | 'sign-in'
  | 'account-done' | 'open-repository' | 'open-plus' | 'choose-new-repository' | 'fill-repository' | 'repository-done'
  | 'open-add-file' | 'choose-upload' | 'leave-editor' | 'upload-existing' | 'add-files' | 'wait' | 'commit' | 'ask-for-review' | 'merge' | 'finished';

export function taskOf(state: Simulation): Task {
  const { screen, menu, done, waiting } = state;
  switch (screen) {
    case 'home': return done.includes('code') ? 'open-sign-in' : 'open-sign-up';
    case 'sign-up': return 'fill-form';
    case 'puzzle': return 'solve-puzzle';
    case 'verify': return 'enter-code';
    case 'sign-in': return 'sign-in';
    case 'dashboard':
      if (!done.includes('sign-in')) return 'sign-out';
      if (done.includes('create')) return 'open-repository';
      if (menu === 'plus') return 'choose-new-repository';
      return state.start === 'account' ? 'account-done' : 'open-plus';
    case 'new-repository': return 'fill-repository';
    case 'empty-repository': return 'upload-existing';
    case 'new-file': return 'leave-editor';
    case 'pull-request': return state.proposal?.open ? 'merge' : 'ask-for-review';
    case 'upload': return waiting.length === 0 ? 'add-files' : waiting.some((file) => !file.uploaded) ? 'wait' : 'commit';
    case 'repository':
      if (!hasUploads(openRepository(state))) {
        if (menu === 'add-file') return 'choose-upload';
        return state.start === 'upload' || done.includes('add-file') ? 'open-add-file' : 'repository-done';
      }
      if (!done.includes('sign-in')) return 'sign-out';
      return done.includes('create') ? 'finished' : 'open-plus';
  }
}

/** The lesson that is under way and how far: the first that still lacks something, or the last. */
export function progressOf({ done }: Simulation): { lesson: Start; step: number; steps: number } {
  const lesson = LESSONS.find((one) => STEPS[one].some((milestone) => !done.includes(milestone))) ?? 'upload';
  const steps = STEPS[lesson];
  return { lesson, step: Math.min(steps.filter((milestone) => done.includes(milestone)).length + 1, steps.length), steps: steps.length };
}
