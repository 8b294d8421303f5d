// The scripts that elements stand on. Each holds modules that no later one carries again: a module that a part has
// bundled is, in every script behind it, an object that the part left on `globalThis.liveShared`.
import { basename, join, resolve } from 'node:path';
import esbuild from 'esbuild';

/** In the order in which they load; `src/parts/<name>.ts` says what each gives to those behind it. */
export const PARTS = ['loader', 'frame', 'files', 'models'];
/** Those that hold sentences are built for each language. */
export const LANGUAGES = ['zh', 'en'];
const SPOKEN = ['loader', 'frame'];

/** Where scripts stand in the page's table; the page puts its language into {language}. */
export const scriptOf = (part) => (SPOKEN.includes(part) ? `${part}.{language}.js` : `${part}.js`);

/** The parts that a built script has taken something from, and those that these stand on, in order; every page has the loader. */
export function partsOf({ outputs }, parts) {
  const taken = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0));
  const direct = parts.filter(({ name }) => name !== 'loader' && taken.includes(`part:${name}`));
  return parts.filter((part) => direct.some((one) => one === part || one.before.includes(part)));
}

/**
 * Modules of these parts are taken from them. Whatever a module exports and its part does not give fails the build, so
 * that nothing travels twice.
 * @param parts built before, in order: {name, modules: Set of paths, names: what it gives, before: parts that it stands on}
 */
export function takenFrom(parts) {
  const owner = (path) => parts.find(({ modules }) => modules.has(path));
  return {
    name: 'taken-from-parts',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => {
        const part = owner(resolve(resolveDir, path));
        return part && { path: part.name, namespace: 'part', sideEffects: false };
      });
      build.onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
        contents: parts
          .find(({ name }) => name === path)
          .names.map((name) => `export const ${name} = /* @__PURE__ */ (() => globalThis.liveShared.${name})();`)
          .join('\n'),
      }));
      if (parts.length < 2) return;
      build.onResolve({ filter: /^lit($|\/)/ }, ({ importer }) => ({
        errors: [{ text: `${basename(importer)} imports Lit itself: take it from shared.ts or lit.ts, which the frame already holds` }],
      }));
    },
  };
}

/** Build all parts with these settings. Returns their files, and what `takenFrom` needs of each. */
export async function buildParts(common) {
  const root = common.absWorkingDir;
  const files = [];
  const parts = [];
  for (const name of PARTS) {
    const entry = join(root, 'src/parts', `${name}.ts`);
    const plugins = [takenFrom([...parts])];
    const { metafile } = await esbuild.build({ ...common, entryPoints: [entry], format: 'esm', metafile: true, plugins });
    const [output] = Object.values(metafile.outputs);
    const modules = Object.entries(output.inputs).filter(([path, { bytesInOutput }]) => path.startsWith('src/') && bytesInOutput > 0);
    // src/lit.ts hands on what a package has, and has no bytes itself
    const own = new Set([...modules.map(([path]) => join(root, path)), ...(name === 'frame' ? [join(root, 'src/lit.ts')] : [])]);
    const script = {
      contents: `
        ${name === 'loader' ? `import './src/loader.ts';` : ''}
        import { ${output.exports} } from './src/parts/${name}.ts';
        Object.assign(globalThis.liveShared ??= {}, { ${name}: true, ${output.exports} });
      `,
      resolveDir: root,
    };
    for (const language of SPOKEN.includes(name) ? LANGUAGES : ['']) {
      const define = language ? { BUILT_FOR: JSON.stringify(language) } : {};
      const built = await esbuild.build({ ...common, stdin: script, define, plugins });
      files.push({ name: scriptOf(name).replace('{language}', language), contents: built.outputFiles[0].contents });
    }
    parts.push({ name, modules: own, names: output.exports, before: partsOf(metafile, parts) });
  }
  return { files, parts };
}
