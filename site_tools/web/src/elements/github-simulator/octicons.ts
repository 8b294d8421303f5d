/**
 * The used icons of @primer/octicons (MIT); the build leaves the path of each. GitHub's own mark is a trademark
 * and is not among them.
 */
import alert from '@primer/octicons/build/svg/alert-fill-16.svg';
import arrow from '@primer/octicons/build/svg/arrow-right-16.svg';
import book from '@primer/octicons/build/svg/book-16.svg';
import branch from '@primer/octicons/build/svg/git-branch-16.svg';
import cap from '@primer/octicons/build/svg/mortar-board-16.svg';
import check from '@primer/octicons/build/svg/check-circle-fill-16.svg';
import code from '@primer/octicons/build/svg/code-16.svg';
import down from '@primer/octicons/build/svg/triangle-down-16.svg';
import file from '@primer/octicons/build/svg/file-16.svg';
import folder from '@primer/octicons/build/svg/file-directory-fill-16.svg';
import fork from '@primer/octicons/build/svg/repo-forked-16.svg';
import gear from '@primer/octicons/build/svg/gear-16.svg';
import globe from '@primer/octicons/build/svg/globe-16.svg';
import history from '@primer/octicons/build/svg/history-16.svg';
import info from '@primer/octicons/build/svg/info-16.svg';
import issue from '@primer/octicons/build/svg/issue-opened-16.svg';
import play from '@primer/octicons/build/svg/play-16.svg';
import plus from '@primer/octicons/build/svg/plus-16.svg';
import pull from '@primer/octicons/build/svg/git-pull-request-16.svg';
import repo from '@primer/octicons/build/svg/repo-16.svg';
import signOut from '@primer/octicons/build/svg/sign-out-16.svg';
import upload from '@primer/octicons/build/svg/upload-16.svg';
import x from '@primer/octicons/build/svg/x-16.svg';
import { html, type TemplateResult } from '../../lit.ts';

const PATHS = {
  alert, arrow, book, branch, cap, check, code, down, file, folder, fork, gear, globe, history, info, issue, play, plus, pull, repo,
  'sign-out': signOut, upload, x,
};

export type Octicon = keyof typeof PATHS;

export const octicon = (name: Octicon): TemplateResult =>
  html`<svg class="octicon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=${PATHS[name]}></path></svg>`;
