/** What <restore-or-new> says, in both languages. */
import type { SheetWords } from '../../frame/sheet.ts';
import type { Language } from '../../page/page.ts';
import type { ElementTexts } from '../../page/texts.ts';
import type { Drift } from './walks.ts';

export interface RestoreTexts extends ElementTexts, SheetWords {
  run: string;
  again: string;
  original: string;
  noised: string;
  restored: (number: number) => string;
  /** The two bars in a sentence. */
  drift: (drift: Drift) => string;
  noDrift: string;
  difference: string;
  spread: string;
  usual: (percent: string) => string;
  ofRange: (share: number) => string;
  another: string;
  calls: string;
  time: string;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const zh: RestoreTexts = {
  title: '还原，还是新图？',
  labels: { label: '类别', image: '第几件', t: '加噪到 t', seed: '噪声种子', steps: '步数（从 t = 1 算起）' },
  values: {},
  run: '加噪，再去噪四次',
  again: '再走四遍',
  original: '真图',
  noised: '加噪后 xₜ',
  restored: (number) => `去噪 ${number}`,
  drift: ({ fromReal, among }) => `与真图平均相差 ${percent(fromReal)}，四张彼此平均相差 ${percent(among)}。`,
  noDrift: '相差多少，走完才知道',
  difference: '与真图相差',
  spread: '四张彼此相差',
  usual: (share) => `竖线：同类的真图任取两张，平均相差 ${share}`,
  ofRange: percent,
  another: '换一件',
  calls: '网络调用',
  time: '用时',
  settings: '设置',
  close: '收起',
};

const en: RestoreTexts = {
  title: 'Restored, or new?',
  labels: { label: 'Class', image: 'Which one', t: 'Add noise up to t', seed: 'Noise seed', steps: 'Steps (counted from t = 1)' },
  values: {},
  run: 'Add noise, denoise four times',
  again: 'Four other walks',
  original: 'Real',
  noised: 'Noised xₜ',
  restored: (number) => `Denoised ${number}`,
  drift: ({ fromReal, among }) => `${percent(fromReal)} from the real one on average, ${percent(among)} among the four.`,
  noDrift: 'How far they drift is seen when they have arrived',
  difference: 'From the real one',
  spread: 'Among the four',
  usual: (share) => `The line: two real ones of the class differ by ${share} on average`,
  ofRange: percent,
  another: 'Another one',
  calls: 'Network calls',
  time: 'Time',
  settings: 'Settings',
  close: 'Close',
};

export const restoreTexts: Record<Language, RestoreTexts> = { zh, en };
