/** Screen -> the page that is drawn for it, and what its address bar shows. */
import type { TemplateResult } from '../../lit.ts';
import { dashboard, home, puzzle, signIn, signUp, verify } from './account-screens.ts';
import type { Ui } from './parts.ts';
import { emptyRepository, newFile, newRepository, pullRequest, repository, upload } from './repository-screens.ts';
import type { Screen, Simulation } from './simulation.ts';

type Draw = (state: Simulation, ui: Ui) => TemplateResult;

const PAGES: Record<Screen, [path: string, draw: Draw]> = {
  home: ['', home],
  'sign-up': ['/signup', signUp],
  puzzle: ['/signup', puzzle],
  verify: ['/account_verifications', verify],
  'sign-in': ['/login', signIn],
  dashboard: ['/dashboard', dashboard],
  'new-repository': ['/new', newRepository],
  repository: ['/OWNER/NAME', repository],
  'empty-repository': ['/OWNER/NAME', emptyRepository],
  'new-file': ['/OWNER/NAME/new/main', newFile],
  upload: ['/OWNER/NAME/upload/main', upload],
  'pull-request': ['/OWNER/NAME/pull', pullRequest],
};

export function pageOf(state: Simulation, ui: Ui): { address: string; page: TemplateResult } {
  const [path, draw] = PAGES[state.screen];
  return { address: `github.com${path.replace('OWNER', state.username).replace('NAME', state.repository)}`, page: draw(state, ui) };
}
