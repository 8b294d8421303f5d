/** What a reader is asked to do next. */
import { hasUploads, openRepository, type Simulation } from './simulation.ts';

/** The key of a sentence in `texts.ts`. */
export type Task =
  | 'open-sign-up' | 'fill-form' | 'solve-puzzle' | 'enter-code' | 'sign-out' | 'open-sign-in' | 'sign-in'
  | 'open-repository' | 'open-plus' | 'choose-new-repository' | 'fill-repository' | 'open-add-file' | 'choose-upload' | 'leave-editor' | 'upload-existing'
  | 'add-files' | 'wait' | 'commit' | 'finished';

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
      return menu === 'plus' ? 'choose-new-repository' : 'open-plus';
    case 'new-repository': return 'fill-repository';
    case 'empty-repository': return 'upload-existing';
    case 'new-file': return 'leave-editor';
    case 'upload': return waiting.length === 0 ? 'add-files' : waiting.some((file) => !file.uploaded) ? 'wait' : 'commit';
    case 'repository':
      if (!hasUploads(openRepository(state))) return menu === 'add-file' ? 'choose-upload' : 'open-add-file';
      if (!done.includes('sign-in')) return 'sign-out';
      return done.includes('create') ? 'finished' : 'open-plus';
  }
}
