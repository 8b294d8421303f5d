/** What a student chooses from instead of typing anything personal. */
import type { DeskFile } from './rules.ts';

export const MAIL = {
  good: 'li.ming@example.edu.cn',
  typo: 'li.ming@exmaple.edu.cn',
  throwaway: 'li.ming@ten-minutes.example',
} as const;

export const PASSWORDS = ['liming1', 'abcdefgh', 'LIMING2026', 'password123', 'lamp-post-7', 'lamp river nine mushroom'];

export const TAKEN_USERNAMES = ['liming', 'student', 'admin'];
export const USERNAMES = ['liming', 'li_ming', '李明', '-liming', 'li--ming', 'liming-who-studies-data-mining-in-hangzhou', 'li-ming-dm'];

export const COUNTRIES = ['China', 'Singapore', 'United States of America'];

/** The repository that the account has from the start: a name to collide with. */
export const OLD_REPOSITORY = 'demo';

/** The code of the first mail (0), of a resent one (1), and so on: eight digits, no two alike. */
export const codeOf = (mail: number): string => String(10_000_000 + ((38_209_316 + mail * 22_106_213) % 90_000_000));

const MB = 1e6;

/** As a file manager writes it. */
export const inMegabytes = (file: DeskFile): string => `${(file.bytes / MB).toFixed(1)} MB`;

export const DESK: readonly DeskFile[] = [
  { name: '01-introduction.pptx', bytes: 3.2 * MB },
  { name: '02-diffusion-model.pptx', bytes: 11.8 * MB },
  { name: '第3讲 生成模型.pptx', bytes: 5.6 * MB },
  { name: 'all-lectures-with-video.pptx', bytes: 48.6 * MB },
  { name: 'untitled.pptx', bytes: 0 },
  { name: 'homework', bytes: 9.4 * MB, files: 143 },
];

/** What lies on the desk after a big file was made smaller in one of the two ways that help in the browser. */
export const SMALLER: Record<'compress' | 'split', readonly DeskFile[]> = {
  compress: [{ name: 'all-lectures-compressed.pptx', bytes: 17.9 * MB }],
  split: [
    { name: '03-video-part-1.pptx', bytes: 23.1 * MB },
    { name: '04-video-part-2.pptx', bytes: 22.4 * MB },
  ],
};
