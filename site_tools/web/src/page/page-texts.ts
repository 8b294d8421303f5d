/** What a page says itself, with no frame of a demo there: its questions, and why a demo's program did not come. */
import { currentPage, type Language } from './page.ts';

declare global {
  /** The one language of a script that is built for each apart: the sentences of the other stay out of it. */
  var BUILT_FOR: Language | undefined;
}

const zh = {
  retry: '重试',
  fullScreen: '全屏',
  leaveFullScreen: '退出全屏',
  failures: {
    portal: '网络给的是一个网页，不是演示的文件：可能要先登录校园网或公共 Wi-Fi。登录后请重试。',
    script: '这个演示的程序没有下载成功；请检查网络，然后重试。',
  },
  exercise: {
    check: '核对',
    go: '看它怎么做',
    said: '你说',
    did: '它做',
    reason: '原因',
    skip: '跳过，直接看演示',
    right: '正确。',
    wrong: '再想想。',
    choose: '请先选一个答案。',
    number: '请先填一个数。',
    notYet: '演示还没有到这个状态。',
    stateReached: '演示已到达要求的状态。',
    stateMissing: '找不到这道题的演示。',
    stateWaiting: '演示还没有载入：先点上面的链接到演示那里，做完再回来核对。',
    skipped: '已跳过。',
    covered: '先猜一猜，再动手',
    toQuestion: '回到问题',
  },
};

const en: typeof zh = {
  retry: 'Try again',
  fullScreen: 'Full screen',
  leaveFullScreen: 'Leave full screen',
  failures: {
    portal: 'The network sent a web page instead of the file: you may have to log in to the campus or public Wi-Fi first. Then try again.',
    script: "This demo's program could not be downloaded; check the connection and try again.",
  },
  exercise: {
    check: 'Check',
    go: 'See what it does',
    said: 'You said',
    did: 'It did',
    reason: 'Why',
    skip: 'Skip, show the demo',
    right: 'Correct.',
    wrong: 'Not quite.',
    choose: 'Choose an answer first.',
    number: 'Enter a number first.',
    notYet: 'The demo is not in that state yet.',
    stateReached: 'The demo is in the state asked for.',
    stateMissing: "This exercise's demo is not on the page.",
    stateWaiting: 'The demo has not loaded yet: follow the link above, do it there, then come back and check.',
    skipped: 'Skipped.',
    covered: 'Guess first, then try it',
    toQuestion: 'To the question',
  },
};

export const pageTexts = (): typeof zh => ((typeof BUILT_FOR === 'string' ? BUILT_FOR : currentPage().lang) === 'zh' ? zh : en);
