/** What <restore-or-new> says, in both languages. */
import type { Language } from '../../page/page.ts';
import type { ElementTexts } from '../../page/texts.ts';

interface RestoreTexts extends ElementTexts {
  run: string;
  original: string;
  noised: string;
  restored: (number: number) => string;
  done: (difference: string, spread: string) => string;
  difference: string;
  spread: string;
  ofRange: (percent: string) => string;
  another: string;
}

const zh: RestoreTexts = {
  title: '还原，还是新图？',
  labels: { label: '类别', image: '第几件', t: '加噪到 t', seed: '噪声种子', steps: '步数（从 t = 1 算起）' },
  values: {},
  run: '加噪，再去噪四次',
  original: '真图',
  noised: '加噪后 xₜ',
  restored: (number) => `去噪 ${number}`,
  done: (difference, spread) => `完成：与真图平均相差 ${difference}，四张彼此平均相差 ${spread}。`,
  difference: '与真图平均相差',
  spread: '四张彼此平均相差',
  ofRange: (percent) => `${percent}%`,
  another: '换一件',
};

const en: RestoreTexts = {
  title: 'Restored, or new?',
  labels: { label: 'Class', image: 'Which one', t: 'Add noise up to t', seed: 'Noise seed', steps: 'Steps (counted from t = 1)' },
  values: {},
  run: 'Add noise, denoise four times',
  original: 'Real',
  noised: 'Noised xₜ',
  restored: (number) => `Denoised ${number}`,
  done: (difference, spread) => `Done: ${difference} from the real one on average, ${spread} among the four.`,
  difference: 'Mean difference from the real one',
  spread: 'Mean difference among the four',
  ofRange: (percent) => `${percent}%`,
  another: 'Another one',
};

export const restoreTexts: Record<Language, RestoreTexts> = { zh, en };
