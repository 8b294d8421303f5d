/** What <image-generator> says, in both languages. */
import type { SheetWords } from '../../frame/sheet.ts';
import type { Comparison } from '../../images/compare.ts';
import type { Language } from '../../page/page.ts';
import type { ElementTexts } from '../../page/texts.ts';

export interface GeneratorTexts extends ElementTexts, SheetWords {
  /** What stands there before the first run. */
  vectors: (count: number, size: number) => string;
  images: (count: number) => string;
  image: (number: number) => string;
  pinned: string;
  difference: string;
  all: string;
  another: string;
  onward: string;
  play: string;
  start: string;
  end: string;
  slider: (number: number) => string;
  further: string;
  back: string;
  pad: string;
  otherPlane: string;
  pin: string;
  comma: string;
  done: (images: number, seconds: string) => string;
  /** Mean differences as shares of the range: the middle of a walk from the blend of its ends, and its ends from each other. */
  halfway: (fromBlend: number, ends: number) => string;
  compared: (found: Comparison) => string;
  calls: string;
  perImage: string;
  model: string;
  parameters: (count: number, size: string) => string;
  latent: string;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const zh: GeneratorTexts = {
  title: '从一串随机数到一张图',
  labels: {
    mode: '玩法',
    label: '类别',
    count: '张数',
    seed: '种子',
    to: '终点的种子',
    share: '路程',
    which: '第几张',
    z: '拨动的数',
    turn: '平面的种子',
    at: '平面上的位置',
  },
  values: { mode: { grid: '一批', walk: '漫步', sliders: '滑块', plane: '平面' } },
  vectors: (count, size) => `${count} 串随机数，每串 ${size} 个：网络的输入`,
  images: (count) => `生成的 ${count} 张图`,
  image: (number) => `生成的第 ${number} 张图`,
  pinned: '钉住的 A',
  difference: 'A 与 B 之差的绝对值，越亮差得越多',
  all: '各类轮流',
  another: '换一批',
  onward: '接着往下走',
  play: '走一遍',
  start: '起点',
  end: '终点',
  slider: (number) => `z 的第 ${number} 个数`,
  further: '换几个数',
  back: '恢复原样',
  pad: '平面：拖动圆点，或用方向键移动；图跟着变',
  otherPlane: '换一个平面',
  pin: '钉住对照',
  comma: '，',
  done: (images, seconds) => `完成：${images} 张图，网络只调用一次，${seconds} 秒。`,
  halfway: (fromBlend, ends) => `走到一半的图，与起点、终点两张图的叠影平均相差 ${percent(fromBlend)}；起点与终点相差 ${percent(ends)}。`,
  compared: ({ same, count, mean }) =>
    count === 1 ? `A 与 B 的像素平均相差 ${percent(mean)}。` : same === count ? `${count} 张全部相同。` : `${count} 张里 ${same} 张相同，像素平均相差 ${percent(mean)}。`,
  calls: '网络调用',
  perImage: '每张图',
  model: '模型',
  parameters: (count, size) => `${Math.round(count / 1e4)} 万参数，${size}`,
  latent: '每张图的随机数',
  settings: '设置',
  close: '收起',
};

const en: GeneratorTexts = {
  title: 'From random numbers to an image',
  labels: {
    mode: 'What to do',
    label: 'Class',
    count: 'Images',
    seed: 'Seed',
    to: 'Seed of the end',
    share: 'Walked',
    which: 'Which image',
    z: 'Numbers changed',
    turn: 'Seed of the plane',
    at: 'Place in the plane',
  },
  values: { mode: { grid: 'Batch', walk: 'Walk', sliders: 'Sliders', plane: 'Plane' } },
  vectors: (count, size) => `${count} rows of ${size} random numbers: what the network is given`,
  images: (count) => `${count} generated images`,
  image: (number) => `Generated image ${number}`,
  pinned: 'A, pinned',
  difference: 'The absolute difference of A and B: the brighter, the larger',
  all: 'all, in turn',
  another: 'New images',
  onward: 'Walk on',
  play: 'Walk once',
  start: 'Start',
  end: 'End',
  slider: (number) => `Number ${number} of z`,
  further: 'Other numbers',
  back: 'Back as it was',
  pad: 'Plane: drag the dot, or move it with the arrow keys; the image follows',
  otherPlane: 'Another plane',
  pin: 'Pin to compare',
  comma: ', ',
  done: (images, seconds) => `Done: ${images} images in one call of the network, ${seconds} s.`,
  halfway: (fromBlend, ends) =>
    `Half-way, the images differ from start and end laid over each other by ${percent(fromBlend)} on average; start and end differ by ${percent(ends)}.`,
  compared: ({ same, count, mean }) =>
    count === 1
      ? `The pixels of A and B differ by ${percent(mean)} on average.`
      : same === count
        ? `All ${count} images are identical.`
        : `${same} of ${count} images are identical; pixels differ by ${percent(mean)} on average.`,
  calls: 'Network calls',
  perImage: 'Per image',
  model: 'Model',
  parameters: (count, size) => `${Math.round(count / 1e3)} k parameters, ${size}`,
  latent: 'Random numbers an image',
  settings: 'Settings',
  close: 'Close',
};

export const generatorTexts: Record<Language, GeneratorTexts> = { zh, en };
