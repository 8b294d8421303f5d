/** The runtime of a real page, for what tests and benchmarks bundle: they bring no second one. */
import { currentPage } from '../src/page/page.ts';
import type * as shared from '../src/shared.ts';

/** It comes with the first element near the screen that stands on it; so that one is brought there. */
export async function pageRuntime(): Promise<typeof shared.runtime> {
  const script = Object.entries(currentPage().files).find(([name, { after }]) => name.startsWith('elements/') && after?.includes('models.js'));
  const tag = /elements\/(.+)\.js/.exec(script?.[0] ?? '')?.[1];
  if (!tag) throw new Error('no element of this page runs a model');
  document.querySelector(tag)!.scrollIntoView();
  for (;;) {
    const { runtime } = (globalThis as { liveShared?: Partial<typeof shared> }).liveShared ?? {};
    if (runtime) return runtime;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
