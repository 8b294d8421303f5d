/**
 * The one script of a page with live blocks: holds what elements share, and fetches an element's own
 * small script when it comes near the screen. Models and the runtime wait for a click.
 */
import { asLiveError, LiveError } from './page/errors.ts';
import { defineExercise } from './page/exercise.ts';
import { whenNear } from './page/observe.ts';
import { currentPage } from './page/page.ts';
import { loadElementScript } from './page/script.ts';
import * as shared from './shared.ts';
import { texts } from './page/texts.ts';

(globalThis as { liveShared?: typeof shared }).liveShared = shared;

const scripts = new Map<string, Promise<void>>();

function loadElement(tag: string): Promise<void> {
  let script = scripts.get(tag);
  if (!script) {
    const url = currentPage().files[`elements/${tag}.js`]?.url;
    script = url ? loadElementScript(tag, url) : Promise.reject(new LiveError('script', `elements/${tag}.js`));
    script.catch(() => scripts.delete(tag)); // a retry asks again
    scripts.set(tag, script);
  }
  return script;
}

/** The poster stays; below it one sentence and a button. */
async function upgrade(element: Element): Promise<void> {
  const note = element.parentElement?.querySelector(':scope > .live-note');
  note?.remove();
  try {
    await loadElement(element.localName);
  } catch (error) {
    const paragraph = document.createElement('p');
    paragraph.className = 'live-note';
    paragraph.setAttribute('role', 'alert');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'live-button';
    button.textContent = texts().retry;
    button.onclick = () => void upgrade(element);
    paragraph.append(`${texts().failures[asLiveError(error).code]} `, button);
    element.after(paragraph);
  }
}

/** The tags whose scripts the page's table has: what the plugin found on the page. */
const tags = Object.keys(currentPage().files).flatMap((name) => /^elements\/(.+)\.js$/.exec(name)?.[1] ?? []);

defineExercise();
for (const tag of tags) {
  for (const element of document.querySelectorAll(tag)) whenNear(element, () => void upgrade(element));
}
