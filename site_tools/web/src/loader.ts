/**
 * The one script of every page with live blocks: it has the questions, and fetches an element's own small script when it
 * comes near the screen, behind the parts that this element stands on (`parts/`). Models and engines wait for a click.
 */
import { asLiveError, LiveError } from './page/errors.ts';
import { defineExercise } from './page/exercise.ts';
import { whenNear } from './page/near.ts';
import { currentPage } from './page/page.ts';
import { loadProgram, preload } from './page/script.ts';
import { pageTexts } from './page/page-texts.ts';

/** Whether a part has run: each leaves its name with what it gives. */
const isHere = (part: string): boolean => part.split('.')[0]! in (globalThis as unknown as { liveShared: object }).liveShared;

/** Scripts asked for, by their names in the page's table. */
const scripts = new Map<string, Promise<void>>();

/** @param arrived whether the script has run; those that it stands on come first, all on their way at once. */
function load(name: string, arrived: () => boolean): Promise<void> {
  const known = scripts.get(name);
  if (known) return known;
  const file = currentPage().files[name];
  const before = file?.after ?? [];
  if (file && before.length > 0) preload(file.url);
  const first = before.map((part) => load(part, () => isHere(part)));
  const script = Promise.all(first).then(() => {
    if (!file) throw new LiveError('script', name);
    return loadProgram(file.url, arrived);
  });
  script.catch(() => scripts.delete(name)); // a retry asks again
  scripts.set(name, script);
  return script;
}

/** The poster stays; below it one sentence and a button. */
async function upgrade(element: Element): Promise<void> {
  const tag = element.localName;
  const note = element.parentElement?.querySelector(':scope > .live-note');
  note?.remove();
  try {
    await load(`elements/${tag}.js`, () => customElements.get(tag) !== undefined);
  } catch (error) {
    const { retry, failures } = pageTexts();
    const paragraph = document.createElement('p');
    paragraph.className = 'live-note';
    paragraph.setAttribute('role', 'alert');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'live-button';
    button.textContent = retry;
    button.onclick = () => void upgrade(element);
    paragraph.append(`${asLiveError(error).code === 'portal' ? failures.portal : failures.script} `, button);
    element.after(paragraph);
  }
}

/** The tags whose scripts the page's table has: what the plugin found on the page. */
const tags = Object.keys(currentPage().files).flatMap((name) => /^elements\/(.+)\.js$/.exec(name)?.[1] ?? []);

defineExercise();
for (const tag of tags) {
  for (const element of document.querySelectorAll(tag)) whenNear(element, () => void upgrade(element));
}
