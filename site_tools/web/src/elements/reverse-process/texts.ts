/** What <reverse-process> says, in both languages. */
import { SCHEDULE_NAMES } from '../../maths/noise.ts';
import type { SheetWords } from '../../frame/sheet.ts';
import type { Comparison } from '../../images/compare.ts';
import type { Language } from '../../page/page.ts';
import type { ElementTexts } from '../../page/texts.ts';

interface ReverseTexts extends ElementTexts, SheetWords {
  stage: (view: string, count: number, t: string) => string;
  scrub: string;
  play: string;
  another: string;
  pin: string;
  pinnedStage: string;
  difference: string;
  noise: (count: number) => string;
  comma: string;
  colon: string;
  /** Between two sentences. */
  sentences: string;
  betweenLabel: string;
  between: (which: number, last: number) => string;
  compared: (found: Comparison) => string;
  /** How much the first guesses and the finished images vary, as shares of the range. */
  guesses: (first: number, last: number) => string;
  largest: string;
  levels: (levels: number) => string;
  done: (images: number, nfe: number, seconds: string) => string;
  step: (step: number, steps: number) => string;
  calls: string;
  time: string;
  perCall: string;
  model: string;
  parameters: (count: number, size: string) => string;
  nfe: (calls: number, batches: number) => string;
  stale: string;
  mixed: string;
  unconditional: string;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const zh: ReverseTexts = {
  title: '从噪声到图像',
  labels: {
    label: '类别',
    seed: '噪声种子',
    sampler: '采样器',
    steps: '步数',
    eta: 'η（随机程度）',
    guidance: '引导强度',
    schedule: '噪声调度',
    path: '途中噪声',
    starts: '起点',
    view: '显示',
  },
  values: {
    schedule: SCHEDULE_NAMES.zh,
    starts: { many: '十六个噪声', between: '在两个之间漫步' },
    view: { x: '图 xₜ', x0: '猜测 x̂₀' },
  },
  stage: (view, count, t) => `${count} 张图像，${view}，t = ${t}`,
  scrub: '回看过程',
  play: '重放',
  another: '换一批衣服',
  pin: '钉住对照',
  pinnedStage: '钉住的 A',
  difference: 'A 与 B 之差的绝对值，越亮差得越多',
  noise: (count) => `${count} 张起点噪声`,
  comma: '，',
  colon: '：',
  sentences: '',
  settings: '设置',
  close: '收起',
  betweenLabel: '从一个噪声走到另一个',
  between: (which, last) => `第 ${which} / ${last} 张`,
  compared: ({ same, count, mean }) => (same === count ? `${count} 张全部相同。` : `${count} 张里 ${same} 张相同，像素平均相差 ${percent(mean)}。`),
  guesses: (first, last) => `第一个猜测：16 张彼此平均只差 ${percent(first)}；走到终点：${percent(last)}。`,
  largest: '最大像素差',
  levels: (levels) => `${levels} / 255`,
  done: (images, nfe, seconds) => `完成：${images} 张图，${nfe} 次网络调用，${seconds} 秒。`,
  step: (step, steps) => `第 ${step} / ${steps} 步`,
  calls: '网络调用（NFE）',
  time: '用时',
  perCall: '每次调用',
  model: '模型',
  parameters: (count, size) => `${Math.round(count / 1e4)} 万参数，${size}`,
  nfe: (calls, batches) => (calls === batches ? String(calls) : `${calls}（${batches} 次 × 2）`),
  stale: '设置改了，这样跑一次要几秒以上；准备好就按“再生成一次”。',
  mixed: '十类混合',
  unconditional: '不指定类别',
};

const en: ReverseTexts = {
  title: 'From noise to images',
  labels: {
    label: 'Class',
    seed: 'Noise seed',
    sampler: 'Sampler',
    steps: 'Steps',
    eta: 'η (randomness)',
    guidance: 'Guidance scale',
    schedule: 'Noise schedule',
    path: 'Noise on the way',
    starts: 'Start',
    view: 'Show',
  },
  values: {
    schedule: SCHEDULE_NAMES.en,
    starts: { many: 'sixteen noises', between: 'walk between two' },
    view: { x: 'state xₜ', x0: 'guess x̂₀' },
  },
  stage: (view, count, t) => `${count} images, ${view}, t = ${t}`,
  scrub: 'Look back',
  play: 'Replay',
  another: 'New garments',
  pin: 'Pin to compare',
  pinnedStage: 'A, pinned',
  difference: 'The absolute difference of A and B: the brighter, the larger',
  noise: (count) => `The starting noise of ${count} images`,
  comma: ', ',
  colon: ': ',
  sentences: ' ',
  settings: 'Settings',
  close: 'Close',
  betweenLabel: 'From one noise to another',
  between: (which, last) => `Image ${which} of ${last}`,
  compared: ({ same, count, mean }) =>
    same === count ? `All ${count} images are identical.` : `${same} of ${count} images are identical; pixels differ by ${percent(mean)} on average.`,
  guesses: (first, last) => `First guesses: the 16 differ from one another by only ${percent(first)} on average; finished images: by ${percent(last)}.`,
  largest: 'Largest pixel difference',
  levels: (levels) => `${levels} of 255`,
  done: (images, nfe, seconds) => `Done: ${images} images, ${nfe} network calls, ${seconds} s.`,
  step: (step, steps) => `Step ${step} of ${steps}`,
  calls: 'Network calls (NFE)',
  time: 'Time',
  perCall: 'Per call',
  model: 'Model',
  parameters: (count, size) => `${Math.round(count / 1e3)} k parameters, ${size}`,
  nfe: (calls, batches) => (calls === batches ? String(calls) : `${calls} (${batches} × 2)`),
  stale: 'Settings changed. This run takes more than a few seconds: press “Generate again” when ready.',
  mixed: 'All ten, mixed',
  unconditional: 'No class given',
};

export const reverseTexts: Record<Language, ReverseTexts> = { zh, en };
