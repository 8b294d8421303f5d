/** The switch between engines, as it stands among the numbers of every element that runs a model. */
import { expect, test, vi } from 'vitest';
import { render } from '@lit-labs/ssr';
import { collectResult } from '@lit-labs/ssr/lib/render-result.js';

const files: Record<string, object> = {
  'models/both.onnx': { bytes: 1, engine: 'kernels' },
  'models/one.onnx': { bytes: 1, engine: 'onnxruntime' },
  'kernels-worker.js': { bytes: 50_000, gzip: 17_000 },
  'kernels.wasm': { bytes: 18_000, gzip: 8_000 },
  'ort-worker.js': { bytes: 74_000, gzip: 25_000 },
  'ort-wasm-simd-threaded.wasm': { bytes: 14_000_000, gzip: 3_700_000 },
};
let lang = 'en';
vi.mock('../src/page/page.ts', () => ({ currentPage: () => ({ lang, source: '', files }) }));
const { engineChoice } = await import('../src/frame/engine-choice.ts');
const { runtime } = await import('../src/runtime/runtime.ts');

const shown = async (model: string, use = () => {}) => (await collectResult(render(engineChoice(model, use)))).replace(/<!--.*?-->|<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim();

test('the engine that runs is named, and what the other one costs is told before it is chosen', async () => {
  expect(await shown('both')).toBe('Inference engine our own kernels Switch to ONNX Runtime Web Downloads 3.7 MB the first time only');
  runtime.useEngine('both', 'onnxruntime');
  expect(await shown('both')).toBe('Inference engine ONNX Runtime Web Switch to our own kernels Downloads 25 KB the first time only');
  lang = 'zh';
  expect(await shown('both')).toBe('推理引擎 ONNX Runtime Web 换用：本站内核 首次需下载 25 KB，之后不再下载');
});

test('there is no switch to an engine that cannot run the model', async () => {
  lang = 'en';
  expect(await shown('one')).toBe('Inference engine ONNX Runtime Web');
});

test('the button asks for the other engine', () => {
  const wanted: string[] = [];
  runtime.useEngine('both', 'kernels');
  const { values } = engineChoice('both', (engine) => wanted.push(engine));
  const [button] = values.at(-1) as { values: unknown[] }[];
  (button!.values.find((value) => typeof value === 'function') as () => void)();
  expect(wanted).toEqual(['onnxruntime']);
});
