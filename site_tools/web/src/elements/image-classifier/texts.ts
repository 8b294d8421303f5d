/** What <image-classifier> says, in both languages. */
import type { Language } from '../../page/page.ts';
import type { ElementTexts } from '../../page/texts.ts';

interface ClassifierTexts extends ElementTexts {
  run: string;
  pad: string;
  wipe: string;
  choose: string;
  private: string;
  seen: (width: number, height: number) => string;
  guesses: string;
  nameless: (label: number) => string;
  empty: string;
  done: (name: string, percent: string) => string;
  outcome: (name: string, percent: string, classes: number, sum: string) => string;
  notInLink: string;
  size: string;
  time: string;
}

const zh: ClassifierTexts = {
  title: '画一个，让网络猜',
  labels: { shown: '显示前几名', ink: '笔迹', fill: '封闭的轮廓' },
  values: { ink: { light: '黑底白字', dark: '白底黑字' }, fill: { line: '只算线条', shape: '填成一块' } },
  run: '让它猜',
  pad: '画板：用手指、笔或鼠标画；用键盘则方向键移笔，空格落笔或提笔，退格撤销一笔',
  wipe: '擦掉',
  choose: '用自己的图片',
  private: '图片只在这个网页里读取，不会上传。',
  seen: (width, height) => `网络看到的：${width} × ${height} 像素`,
  guesses: '网络的猜测',
  nameless: (label) => `第 ${label} 类`,
  empty: '画板还空着，先画一个，或选一张图片。',
  done: (name, percent) => `它猜：${name}（${percent}）。`,
  outcome: (name, percent, classes, sum) => `第一名是${name}，${percent}；${classes} 类合计 ${sum}`,
  notInLink: '链接已复制；你选的图片不在链接里。',
  size: '输入',
  time: '用时',
};

const en: ClassifierTexts = {
  title: 'Draw one, and the network guesses',
  labels: { shown: 'How many guesses', ink: 'Ink', fill: 'A closed outline' },
  values: { ink: { light: 'light on dark', dark: 'dark on light' }, fill: { line: 'is a line', shape: 'is filled' } },
  run: 'Let it guess',
  pad: 'Board: draw with a finger, pen or mouse; on a keyboard the arrow keys move the pen, space puts it down or lifts it, backspace undoes a stroke',
  wipe: 'Wipe',
  choose: 'Use a picture of yours',
  private: 'The picture is read by this page alone and goes nowhere.',
  seen: (width, height) => `What the network sees: ${width} × ${height} pixels`,
  guesses: 'What the network guesses',
  nameless: (label) => `Class ${label}`,
  empty: 'The board is empty: draw something, or choose a picture.',
  done: (name, percent) => `It guesses ${name} (${percent}).`,
  outcome: (name, percent, classes, sum) => `${name} comes first with ${percent}; all ${classes} classes sum to ${sum}`,
  notInLink: 'Link copied; the picture that you chose is not in it.',
  size: 'Input',
  time: 'Time',
};

export const classifierTexts: Record<Language, ClassifierTexts> = { zh, en };
