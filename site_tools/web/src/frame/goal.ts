/** What an exercise of the page asks a demo to become: a chip in the demo itself, green when it is reached. */
import { html, nothing, type TemplateResult } from '../lit.ts';
import { holdsState } from '../page/holds-state.ts';
import { currentPage } from '../page/page.ts';
import { noteDone } from '../page/progress.ts';
import type { StateValue } from './state.ts';

const WORDS = { zh: { goal: '目标：', reached: '目标达成：' }, en: { goal: 'Goal: ', reached: 'Goal reached: ' } };

/** @param demo a demo with its id and its state as they are now */
export function goalChip({ demoId, state }: { demoId: string; state: Record<string, StateValue> }): TemplateResult | typeof nothing {
  const asked = demoId ? document.querySelector<HTMLElement>(`[data-goal][data-demo="${CSS.escape(demoId)}"]`) : null;
  if (!asked) return nothing;
  const reached = holdsState(state, JSON.parse(asked.dataset['state'] ?? '{}') as Record<string, StateValue>);
  const { goal, reached: done } = WORDS[currentPage().lang];
  const { id } = asked.closest('live-exercise')!;
  if (reached) noteDone(id);
  return html`<a class="live-goal" href="#${id}" ?data-reached=${reached}>${reached ? done : goal}${asked.dataset['goal']}</a>`;
}
