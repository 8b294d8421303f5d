/** Every sentence that frames share, in both languages; what one element says alone stands beside it. */
import type { FailureCode } from './errors.ts';
import { currentPage } from './page.ts';
import { pageTexts } from './page-texts.ts';

interface ElementTexts {
  /** What it shows, in a few words. */
  title: string;
  /** Attribute -> its label. */
  labels: Record<string, string>;
  /** Attribute -> value -> its name. */
  values: Record<string, Record<string, string>>;
}

interface Texts {
  more: string;
  run: string;
  runAgain: string;
  download: (size: string) => string;
  cached: string;
  cancel: string;
  loading: string;
  preparing: string;
  progress: (loaded: string, total: string) => string;
  running: string;
  cancelled: string;
  paused: string;
  copyLink: string;
  linkCopied: string;
  linkShown: string;
  source: string;
  save: string;
  saved: (name: string) => string;
  randomise: string;
  seconds: (value: string) => string;
  /** Those that happen once the program is there. */
  failures: Record<Exclude<FailureCode, 'portal' | 'script'>, string>;
  numbers: string;
  /** What runs models; its two kinds; the button for the other one. */
  engine: string;
  engines: Record<'kernels' | 'onnxruntime', string>;
  useEngine: (name: string) => string;
}

const zh: Texts = {
  more: '更多设置',
  run: '开始生成',
  runAgain: '再生成一次',
  download: (size) => `首次需下载 ${size}，之后不再下载`,
  cached: '模型已存在本机，不需要下载',
  cancel: '停止',
  loading: '正在下载运行库和模型',
  preparing: '正在准备模型',
  progress: (loaded, total) => `${loaded} / ${total}`,
  running: '正在生成',
  cancelled: '已停止。',
  paused: '移出屏幕，已暂停。',
  copyLink: '复制链接',
  linkCopied: '链接已复制，打开它会看到同样的设置。',
  linkShown: '浏览器不允许自动复制，请手动复制：',
  source: '源代码',
  save: '保存图片',
  saved: (name) => `已保存 ${name}`,
  randomise: '换一个',
  seconds: (value) => `${value} 秒`,
  failures: {
    'no-wasm': '这个浏览器没有 WebAssembly，模型无法运行；请换用新版浏览器，或关闭 iOS 的“锁定模式”。',
    'too-old': '这个浏览器太旧，缺少模型需要的功能；请更新浏览器后再试。',
    missing: '服务器上找不到模型文件；请刷新页面，如仍不行请告诉老师。',
    network: '下载中断了；请检查网络，然后重试。',
    stalled: '等了 20 秒没有任何动静；请检查网络，然后重试。',
    integrity: '下载到的文件与本页不符（可能不完整或已被改动），没有使用它；请重试。',
    damaged: '离线包里的文件损坏了，没有使用它；请重新解压或重新下载离线包。',
    worker: '后台线程没能启动，或中途停了；请重试，或刷新页面。',
    model: '模型文件无法运行；请重试，如仍不行请告诉老师。',
    memory: '内存不足，模型没能运行；请关闭其他标签页后重试。',
    canvas: '浏览器没有给出画布，图画不出来；请关闭其他标签页，或换一个浏览器，然后重试。',
    unknown: '演示出错了；请重试，如仍不行请刷新页面。',
  },
  numbers: '数字',
  engine: '推理引擎',
  engines: { kernels: '本站内核', onnxruntime: 'ONNX Runtime Web' },
  useEngine: (name) => `换用：${name}`,
};

const en: Texts = {
  more: 'More settings',
  run: 'Generate',
  runAgain: 'Generate again',
  download: (size) => `Downloads ${size} the first time only`,
  cached: 'The model is already on this device: nothing to download',
  cancel: 'Stop',
  loading: 'Downloading the runtime and the model',
  preparing: 'Preparing the model',
  progress: (loaded, total) => `${loaded} of ${total}`,
  running: 'Generating',
  cancelled: 'Stopped.',
  paused: 'Paused while off screen.',
  copyLink: 'Copy link',
  linkCopied: 'Link copied: it opens with these very settings.',
  linkShown: 'This browser does not let us copy; please copy the link yourself:',
  source: 'Source code',
  save: 'Save picture',
  saved: (name) => `Saved ${name}`,
  randomise: 'Another one',
  seconds: (value) => `${value} s`,
  failures: {
    'no-wasm': 'This browser has no WebAssembly, so the model cannot run; use a current browser or leave Lockdown Mode on iOS.',
    'too-old': 'This browser is too old: it lacks what the model needs; please update it and try again.',
    missing: 'The server does not have the model file; reload the page, and tell your teacher if that does not help.',
    network: 'The download broke off; check the connection and try again.',
    stalled: 'Nothing has come for 20 seconds; check the connection and try again.',
    integrity: 'The downloaded file is not the one this page was built with (cut off or altered) and was not used; try again.',
    damaged: 'A file of the offline copy is damaged and was not used; unpack the zip again, or download it anew.',
    worker: 'The background worker did not start or broke off; try again or reload the page.',
    model: 'The model file cannot be run; try again, and tell your teacher if that does not help.',
    memory: 'There is not enough memory to run the model; close other tabs and try again.',
    canvas: 'The browser gave no canvas to draw on; close other tabs or take another browser, then try again.',
    unknown: 'The demo failed; try again, and reload the page if that does not help.',
  },
  numbers: 'Numbers',
  engine: 'Inference engine',
  engines: { kernels: 'our own kernels', onnxruntime: 'ONNX Runtime Web' },
  useEngine: (name) => `Switch to ${name}`,
};

export const texts = (): Texts => ((typeof BUILT_FOR === 'string' ? BUILT_FOR : currentPage().lang) === 'zh' ? zh : en);

export const failureText = (code: FailureCode): string => ({ ...texts().failures, ...pageTexts().failures })[code];

/** 1902624 -> "1.9 MB" (decimal megabytes, as networks and file managers count). */
export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
export type { Texts, ElementTexts };
