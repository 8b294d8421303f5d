/** What <lesson-cards> says, in both languages. */
import type { Language } from '../../page/page.ts';

interface CardTexts {
  done: (done: number, of: number) => string;
  goOn: string;
  kept: string;
  forget: string;
  sure: string;
}

export const cardTexts: Record<Language, CardTexts> = {
  zh: {
    done: (done, of) => `做了 ${done} / ${of} 题`,
    goOn: '接着学',
    kept: '做过什么，只记在这台设备的浏览器里，不会发到别处。',
    forget: '清除记录',
    sure: '清除这门课在这台设备上的全部记录？',
  },
  en: {
    done: (done, of) => `${done} of ${of} question${of === 1 ? '' : 's'}`,
    goOn: 'Go on here',
    kept: 'What you have done is kept in this browser, on this device, and sent nowhere.',
    forget: 'Clear',
    sure: 'Clear what this device has kept of this course?',
  },
};
