// Bundle the browser code into dist/:  node build.mjs [--watch]
//
// Everything is a classic script, because only those load from file://. What elements share lies in parts
// (bundling/parts.mjs), which load with the first element that stands on them.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import { githubStyles } from './bundling/github-css.mjs';
import { buildParts, LANGUAGES, partsOf, scriptOf, takenFrom } from './bundling/parts.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const WASM = 'ort-wasm-simd-threaded.wasm';
const KERNELS = 'kernels.wasm';

/** Names below dist/ of this build; what another one has left there goes. */
const written = new Set();

/** Write a file in one step and only if it changed, so that readers and watchers see whole files. */
function write(name, content) {
  const path = join(dist, name);
  written.add(name);
  if (existsSync(path) && Buffer.compare(readFileSync(path), content) === 0) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.partial`, content);
  renameSync(`${path}.partial`, path);
}

/** Of an octicon its path is all that is used. */
const octicons = {
  name: 'octicons',
  setup(build) {
    build.onLoad({ filter: /octicons.*\.svg$/ }, ({ path }) => ({
      contents: [...readFileSync(path, 'utf8').matchAll(/ d="([^"]+)"/g)].map(([, d]) => d).join(''),
      loader: 'text',
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2021',
  // private members as they are written: every browser that runs a model has them (Chrome 84, Firefox 90, Safari 15)
  supported: { 'class-private-field': true, 'class-private-method': true, 'class-private-accessor': true, 'class-private-brand-check': true },
  charset: 'utf8',
  write: false,
  outdir: 'dist',
  legalComments: 'none',
  logLevel: 'warning',
};

/** The drawn pages of GitHub, made by running their templates in Node: as figures, and all that their styles are for. */
async function githubPages() {
  const { outputFiles } = await esbuild.build({ ...common, entryPoints: ['src/elements/github-simulator/static.ts'], format: 'esm', platform: 'node', minify: false, plugins: [octicons] });
  const { figures, everything } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  return { figures: figures(), html: everything() };
}

/** Packages whose code, styles or drawings are in the bundle; their licences ask to travel along. */
const BUNDLED = ['lit', 'lit-html', 'lit-element', '@lit/reactive-element', 'onnxruntime-web', 'onnxruntime-common', '@primer/css', '@primer/octicons'];
/** ONNX Runtime's packages state MIT without its text. */
const MICROSOFT_MIT = `MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

function licences() {
  const parts = BUNDLED.map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = join(folder, 'LICENSE');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : name.startsWith('onnxruntime') ? MICROSOFT_MIT : undefined;
    if (!text) throw new Error(`${name} brings no licence text`);
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return `What the pages' scripts, styles and drawings are made with.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Every `spec.json` by its folder's tag, with the names of the registries it refers to. */
async function elementSpecs(tags) {
  const contents = "export { elementSpec } from './src/frame/state.ts'; export { DEFAULTS, REGISTRIES } from './src/maths/registries.ts'";
  const { outputFiles } = await esbuild.build({ ...common, stdin: { contents, resolveDir: root }, format: 'esm', platform: 'node' });
  const { elementSpec, DEFAULTS, REGISTRIES } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  const specs = {};
  for (const tag of tags) {
    const path = join(root, 'src/elements', tag, 'spec.json');
    if (!existsSync(path)) continue;
    try {
      specs[tag] = elementSpec(JSON.parse(readFileSync(path, 'utf8')), REGISTRIES, DEFAULTS);
    } catch (error) {
      throw new Error(`src/elements/${tag}/spec.json: ${error.message}`);
    }
  }
  return specs;
}

export async function build() {
  written.clear();
  const tags = readdirSync(join(root, 'src/elements'));
  /** Entry points of the elements that have `file`, written to dist/elements/<tag>. */
  const entries = (file) =>
    tags.filter((tag) => existsSync(join(root, 'src/elements', tag, file))).map((tag) => ({ in: `src/elements/${tag}/${file}`, out: `elements/${tag}` }));
  const specs = await elementSpecs(tags);
  const { files, parts } = await buildParts(common);
  for (const { name, contents } of files) write(name, Buffer.from(contents));
  const scripts = (some) => some.map(({ name }) => scriptOf(name));
  /** By a script's name in the page's table, the parts that must have run before it. */
  const order = {};
  for (const { name, before } of parts) for (const language of LANGUAGES) order[scriptOf(name).replace('{language}', language)] = scripts(before);
  const results = await Promise.all([
    ...entries('element.ts').map(async (entry) => {
      const tag = basename(entry.out);
      const below = tag in specs ? parts : parts.slice(0, 1); // what is no demo has no frame
      const built = await esbuild.build({ ...common, entryPoints: [entry], metafile: true, plugins: [takenFrom(below), octicons] });
      order[`elements/${tag}.js`] = scripts(partsOf(built.metafile, parts));
      return built;
    }),
    // ORT looks for its own script through import.meta, which an IIFE does not have. It then takes the
    // glue it carries, provided that it is given the wasm bytes and one thread: ort-worker.ts gives both.
    esbuild.build({
      ...common,
      entryPoints: [
        { in: 'src/runtime/ort-worker.ts', out: 'ort-worker' },
        { in: 'src/runtime/kernels-worker.ts', out: 'kernels-worker' },
      ],
      logOverride: { 'empty-import-meta': 'silent' },
    }),
    esbuild.build({ ...common, entryPoints: [{ in: 'src/live.css', out: 'live' }, ...entries('style.css')] }),
  ]);
  for (const file of results.flatMap((result) => result.outputFiles)) {
    write(file.path.slice(dist.length + 1), Buffer.from(file.contents));
  }
  write(WASM, readFileSync(join(root, 'node_modules/onnxruntime-web/dist', WASM)));
  write(KERNELS, readFileSync(join(root, 'src/runtime/kernels', KERNELS)));
  // What these weigh on the wire: a static host compresses them, and a page states the download beforehand.
  const compressed = ['kernels-worker.js', KERNELS, 'ort-worker.js', WASM].map((name) => [name, gzipSync(readFileSync(join(dist, name))).length]);
  write('sizes.json', Buffer.from(JSON.stringify(Object.fromEntries(compressed))));
  const github = await githubPages();
  write('github.css', Buffer.from(await githubStyles(github.html, readFileSync(join(root, 'src/elements/github-simulator/github.css'), 'utf8'))));
  write('github.json', Buffer.from(JSON.stringify(github.figures)));
  write('licences.txt', Buffer.from(licences()));
  write('operators.json', readFileSync(join(root, 'src/runtime/kernels/operators.json')));
  write('elements.json', Buffer.from(JSON.stringify(specs)));
  write('scripts.json', Buffer.from(JSON.stringify(order, Object.keys(order).sort())));
  for (const file of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile() && file.name !== '.stamp' && !written.has(relative(dist, path))) rmSync(path);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build().catch((error) => {
    if (!error.errors) console.error(error);
    process.exit(1);
  });
  if (process.argv.includes('--watch')) {
    let timer;
    watch(join(root, 'src'), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => build().catch((error) => error.errors || console.error(error)), 100);
    });
  }
}
