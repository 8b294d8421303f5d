/** What <draw-garment> says, in both languages. */
import type { Language } from '../../page/page.ts';
import type { ElementTexts } from '../../page/texts.ts';

interface DrawTexts extends ElementTexts {
  run: string;
  pad: string;
  noised: string;
  made: (number: number) => string;
  done: string;
  empty: string;
  any: string;
  wipe: string;
  another: string;
  free: string;
  faithful: string;
  nfe: string;
  time: string;
}

const zh: DrawTexts = {
  title: '画一件，得四件',
  labels: { label: '这是', t: '加噪到 t', seed: '噪声种子', steps: '步数（从 t = 1 算起）' },
  values: {},
  run: '变成四件衣服',
  pad: '画板：用手指、笔或鼠标画轮廓；用键盘则方向键移笔，空格落笔或提笔，退格撤销一笔',
  noised: '加噪后 xₜ',
  made: (number) => `第 ${number} 件`,
  done: '完成：四团不同的噪声，四件不同的衣服。',
  empty: '画板还空着，先画个轮廓。',
  any: '不告诉它',
  wipe: '擦掉',
  another: '换四件',
  free: '随它发挥',
  faithful: '像我画的',
  nfe: '网络调用',
  time: '用时',
};

const en: DrawTexts = {
  title: 'Draw one, get four',
  labels: { label: 'It is', t: 'Add noise up to t', seed: 'Noise seed', steps: 'Steps (counted from t = 1)' },
  values: {},
  run: 'Turn it into four garments',
  pad: 'Board: draw an outline with a finger, pen or mouse; on a keyboard the arrow keys move the pen, space puts it down or lifts it, backspace undoes a stroke',
  noised: 'Noised xₜ',
  made: (number) => `Garment ${number}`,
  done: 'Done: four different noises, four different garments.',
  empty: 'The board is empty: draw an outline first.',
  any: 'not told',
  wipe: 'Wipe',
  another: 'Four others',
  free: 'free',
  faithful: 'like mine',
  nfe: 'Network calls',
  time: 'Time',
};

export const drawTexts: Record<Language, DrawTexts> = { zh, en };
