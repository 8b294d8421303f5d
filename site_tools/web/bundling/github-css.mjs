// The styles of the drawn GitHub pages: the rules of Primer CSS (MIT) that they use, and our own layout.
//
// One file serves both the page and the shadow roots in which the drawings stand: the page has the element that
// carries the colours (.github-host, from where they are inherited), a root has what they are for (.github).
// rem becomes px: the theme of the site changes the size of the document's root.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import esbuild from 'esbuild';
import postcss from 'postcss';
import { PurgeCSS } from 'purgecss';

const require = createRequire(import.meta.url);
const ROOT = '.github';
const THEMES = {
  '.github-host': '[data-color-mode=light][data-light-theme=light]',
  '[data-md-color-scheme="slate"] .github-host': '[data-color-mode=dark][data-dark-theme=dark]',
};

/** Selectors for a whole document, for themes, and for states that no drawing is ever in. */
const FOREIGN = /^(html|body|:root|h[1-6]|p|a|b|strong|pre|code|svg|label)\b|\bhtml\b|\[data-color-mode|\[data-a11y|\[hidden\]|\[open\]|:(disabled|active)|\.(selected|disabled|zeroclipboard-is-active)\b|details/;

/** Declarations of the tokens of one theme: name -> value. */
function tokens(sheet, selector) {
  const found = new Map();
  sheet.walkRules((rule) => {
    if (rule.parent.type === 'root' && rule.selectors.includes(selector)) rule.walkDecls(/^--/, (one) => found.set(one.prop, one.value));
  });
  return found;
}

/** The tokens a text needs, directly or through other tokens. */
function reachable(text, ...themes) {
  const needed = new Set();
  const walk = (value) => {
    for (const [, name] of value.matchAll(/var\((--[\w-]+)/g)) {
      if (needed.has(name)) continue;
      needed.add(name);
      for (const theme of themes) if (theme.has(name)) walk(theme.get(name));
    }
  };
  walk(text);
  return needed;
}

const scope = (selector) => (selector.startsWith(ROOT) ? selector : `${ROOT} ${selector}`);

/** @param html mark-up of everything that is to be styled. @param own our own styles. */
export async function githubStyles(html, own) {
  const primer = postcss.parse(readFileSync(require.resolve('@primer/css/dist/primer.css'), 'utf8'));
  const themes = Object.values(THEMES).map((selector) => tokens(primer, selector));
  // Sizes and the like stand in rules without a theme.
  const common = new Map();
  primer.walkRules(/^:root$/, (rule) => rule.walkDecls(/^--/, (one) => common.set(one.prop, one.value)));

  const rules = primer.clone();
  rules.walkRules((rule) => {
    rule.selectors = rule.selectors.filter((selector) => !FOREIGN.test(selector.trim()));
    if (rule.selectors.every((selector) => !selector)) rule.remove();
  });
  rules.walkComments((comment) => comment.remove());
  rules.walkAtRules('custom-media', (one) => one.remove());
  const [{ css }] = await new PurgeCSS().purge({
    content: [{ raw: html, extension: 'html' }],
    css: [{ raw: rules.toString() }],
    keyframes: true,
    // only tags, classes and attributes: the words on the pages are no selectors
    defaultExtractor: (text) => [...text.matchAll(/<([\w-]+)([^>]*)>/g)].flatMap(([, tag, attributes]) => [tag, ...(attributes.match(/[\w-]+/g) ?? [])]),
  });
  const sheet = postcss.parse(`${css}\n${own}`);
  sheet.walkRules((rule) => {
    if (rule.parent.type === 'atrule' && /keyframes$/.test(rule.parent.name)) return;
    rule.selectors = rule.selectors.map(scope);
  });
  // var(--new, var(--old)): where the new token exists the old one is never read
  sheet.walkDecls((one) => {
    one.value = one.value.replace(/var\((--[\w-]+),\s*(?:var\(--[\w-]+\)|[^()]+)\)/g, (all, name) => (themes[0].has(name) || common.has(name) ? `var(${name})` : all));
  });
  const needed = reachable(sheet.toString(), common, ...themes);
  const block = (selector, map, other) => {
    const kept = [...map].filter(([name, value]) => needed.has(name) && other?.get(name) !== value);
    return `${selector}{${kept.map(([name, value]) => `${name}:${value}`).join(';')}}`;
  };
  const [light, dark] = themes;
  const [lightHost, darkHost] = Object.keys(THEMES);
  // on paper the drawings are light, whatever the screen is
  const darkBlock = `@media screen{${block(darkHost, dark, light)}}`;
  const all = [block(lightHost, new Map([...common, ...light])), darkBlock, sheet.toString()].join('\n');
  const pixels = all.replace(/(?<![\w-])(\d*\.?\d+)rem\b/g, (_, number) => `${Number(number) * 16}px`);
  const { code } = await esbuild.transform(pixels, { loader: 'css', minify: true, target: ['chrome100', 'safari15', 'firefox100'] });
  const { version } = JSON.parse(readFileSync(require.resolve('@primer/css/package.json'), 'utf8'));
  return `/*! Parts of Primer CSS ${version}, MIT licence, (c) GitHub Inc.: see licences.txt */${code}`;
}
