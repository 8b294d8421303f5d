/** What <lecture-slides> says, in both languages. */
import type { Language } from '../../page/page.ts';

const zh = {
  previous: '上一页',
  next: '下一页',
  guest: '演示',
  back: '回到幻灯片',
  position: (number: number, count: number) => `${number} / ${count}`,
  shown: (number: number, count: number, title: string) => `第 ${number} 页，共 ${count} 页${title && `：${title}`}`,
};

const en: typeof zh = {
  previous: 'Previous slide',
  next: 'Next slide',
  guest: 'Demo',
  back: 'Back to the slides',
  position: (number, count) => `${number} / ${count}`,
  shown: (number, count, title) => `Slide ${number} of ${count}${title && `: ${title}`}`,
};

export const lectureTexts: Record<Language, typeof zh> = { zh, en };
