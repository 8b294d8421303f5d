/** What <reverse-process> says, in both languages. */
import { SCHEDULE_NAMES } from '../../maths/noise.ts';
import type { Language } from '../../page/page.ts';
import type { ElementTexts } from '../../page/texts.ts';

interface ReverseTexts extends ElementTexts {
  stage: (view: string, count: number, t: string) => string;
  scrub: string;
  play: string;
  samePath: string;
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
    view: '显示',
  },
  values: {
    schedule: SCHEDULE_NAMES.zh,
    view: { x: '当前的图 xₜ', x0: '网络的猜测 x̂₀' },
  },
  stage: (view, count, t) => `${count} 张图像，${view}，t = ${t}`,
  scrub: '回看过程',
  play: '重放',
  samePath: '同一起点，再走一次',
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
    view: 'Show',
  },
  values: {
    schedule: SCHEDULE_NAMES.en,
    view: { x: 'state xₜ', x0: 'guess x̂₀' },
  },
  stage: (view, count, t) => `${count} images, ${view}, t = ${t}`,
  scrub: 'Look back',
  play: 'Replay',
  samePath: 'Same start, walk again',
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
