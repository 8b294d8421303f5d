/** What <forward-process> says, in both languages. */
import type { Language } from '../../page/page.ts';
import labels from '../../images/fashion-labels.json';
import { SCHEDULE_NAMES } from '../../maths/noise.ts';

const zh = {
  title: '从图像到噪声',
  labels: { source: '图像', label: '类别', image: '第几张', schedule: '噪声调度', timesteps: '总步数 T', t: '时间 t', shrink: '每步先缩小', seed: '噪声种子' } as Record<string, string>,
  values: {
    source: { samples: '数据集', drawing: '自己画', picture: '自己的图片' },
    schedule: SCHEDULE_NAMES.zh,
    shrink: { keep: '乘 √(1−β)', drop: '不乘' },
  } as Record<string, Record<string, string>>,
  classes: labels.zh,
  play: '播放',
  pause: '暂停',
  pad: '画板，28×28：用手指、笔或鼠标画；用键盘则方向键移笔，空格落笔或提笔，退格撤销一笔',
  wipe: '擦掉',
  choose: '选一张图片',
  private: '图片只在本页里处理，不会上传。',
  unreadable: '浏览器读不了这个文件，请换一张 JPEG、PNG 或 WebP 图片。',
  notInLink: '链接已复制，里面是设置；你的图片不在其中，它没有离开本页。',
  noPicture: '先选一张图片。',
  noDrawing: '先在画板上画几笔。',
  start: (source: string) => `${source}，还没有加噪声`,
  moment: (t: string, k: number, T: number) => `t = ${t}，第 ${k} 步（共 ${T} 步）`,
  image: (source: string, k: number, T: number, std: string) => `${source}，第 ${k} 步（共 ${T} 步）的带噪图像，像素的标准差 ${std}`,
  histogram: (mean: string, std: string) => `全部像素值的直方图，均值 ${mean}，标准差 ${std}，曲线是标准正态分布`,
  bars: '像素',
  curve: 'N(0, 1)',
  facts: { step: '步 k', alpha: '信号系数', sigma: '噪声系数', alphaBar: 'ᾱ（信号功率）', snr: '信噪比', db: '信噪比（分贝）', moments: '像素 均值 / 标准差' },
  flowHasNoShrink: '直线路径不是由 β 走出来的，没有这个选项。',
  another: '换一份噪声',
  settings: '设置',
  close: '收起',
  verdict: {
    midway: (k: number, T: number, ratio: string) => `走到第 ${k} 步（共 ${T} 步），信噪比 ${ratio}。`,
    noise: '终点几乎是纯噪声。',
    signal: (factor: string, power: string) => `终点不是纯噪声：原图的系数还有 ${factor}，功率还剩 ${power}。`,
    wide: (std: string) => `没有缩小，方差只增不减：噪声的标准差到了 ${std}。`,
  },
};

export type ForwardTexts = typeof zh;

const en: ForwardTexts = {
  title: 'From image to noise',
  labels: { source: 'Image', label: 'Class', image: 'Which one', schedule: 'Noise schedule', timesteps: 'Steps T', t: 'Time t', shrink: 'Shrink first', seed: 'Noise seed' },
  values: {
    source: { samples: 'data set', drawing: 'my drawing', picture: 'my picture' },
    schedule: SCHEDULE_NAMES.en,
    shrink: { keep: 'times √(1−β)', drop: 'do not' },
  },
  classes: labels.en,
  play: 'Play',
  pause: 'Pause',
  pad: 'Drawing pad, 28 by 28: draw with a finger, pen or mouse; on a keyboard the arrow keys move the pen, space puts it down or lifts it, backspace undoes a stroke',
  wipe: 'Wipe',
  choose: 'Choose a picture',
  private: 'The picture stays in this page; nothing is uploaded.',
  unreadable: 'The browser cannot read this file: please take a JPEG, PNG or WebP picture.',
  notInLink: 'Link copied with the settings, but not your picture: it has not left this page.',
  noPicture: 'Choose a picture first.',
  noDrawing: 'Draw something on the pad first.',
  start: (source) => `${source}, before any noise`,
  moment: (t, k, T) => `t = ${t}, step ${k} of ${T}`,
  image: (source, k, T, std) => `${source}, noised to step ${k} of ${T}; standard deviation of the pixels ${std}`,
  histogram: (mean, std) => `Histogram of all pixel values, mean ${mean}, standard deviation ${std}; the curve is the standard normal distribution`,
  bars: 'pixels',
  curve: 'N(0, 1)',
  facts: { step: 'Step k', alpha: 'signal factor', sigma: 'noise factor', alphaBar: 'ᾱ (signal power)', snr: 'SNR', db: 'SNR (dB)', moments: 'Pixels: mean / std' },
  flowHasNoShrink: 'The straight path is not made of betas: there is no such choice.',
  another: 'Other noise',
  settings: 'Settings',
  close: 'Close',
  verdict: {
    midway: (k, T, ratio) => `Step ${k} of ${T}: the signal-to-noise ratio is ${ratio}.`,
    noise: 'The end is practically pure noise.',
    signal: (factor, power) => `The end is not pure noise: the image is still there with the coefficient ${factor}, ${power} of its power.`,
    wide: (std) => `Without the shrink the variances only add up: the noise has reached a standard deviation of ${std}.`,
  },
};

export const forwardTexts: Record<Language, ForwardTexts> = { zh, en };
