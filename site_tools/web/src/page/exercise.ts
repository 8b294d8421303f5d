/**
 * <live-exercise>: checks an answer on the spot. The plugin writes question, inputs, hint and solution as
 * plain HTML; this adds the check button and the verdict.
 *
 * On the card of a demo, choosing is answering: the demo then plays, and the verdict has what the reader said, what the
 * demo did, and the reason.
 */
import { closeQuestion, EXERCISE_DONE, isOpenQuestion } from './exercise-done.ts';
import { holdsState } from './holds-state.ts';
import { pageTexts } from './page-texts.ts';
import { noteDone } from './progress.ts';

/** A demo as an exercise sees it. */
interface DemoElement extends HTMLElement {
  state?: Record<string, string | number>;
  /** What it did, in a sentence; "" if it has none. */
  outcome?: string;
}

type Verdict = { right: boolean; text: string } | { right: undefined; text: string };

/**
 * A number as people type it: full-width digits, a true minus sign, per cent, a comma before three digits between
 * thousands (18,000) and elsewhere as the decimal mark (0,948); NaN if it is none.
 */
export function readNumber(text: string): number {
  const typed = text.normalize('NFKC').trim().replace(/[−–]/g, '-').replace(/\s+/g, '');
  const grouped = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?%?$/.test(typed);
  const plain = typed.replace(/,/g, grouped ? '' : '.');
  const percent = plain.endsWith('%');
  const value = percent ? plain.slice(0, -1) : plain;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return NaN;
  return Number(value) / (percent ? 100 : 1);
}

/**
 * How far an exercise's demo is: "missing" if the page has none, "waiting" while its program has not been fetched (that
 * happens near the screen), else whether it holds the state asked for.
 */
export function demoStage(
  demo: Pick<DemoElement, 'state'> | null,
  goal: Record<string, string | number>,
): 'missing' | 'waiting' | 'elsewhere' | 'reached' {
  if (!demo) return 'missing';
  if (!demo.state) return 'waiting';
  return holdsState(demo.state, goal) ? 'reached' : 'elsewhere';
}

/** Whether an answer settles an exercise of this kind: a guess is a guess, right or wrong; anything else must be right. */
export const isDone = (kind: string | null, right: boolean): boolean => right || kind === 'predict';

/** How a demo says that a run is over: with a result, with a failure, or because the reader stopped it. */
const ENDS = ['demo-ready', 'demo-error', 'demo-stopped'];

class LiveExercise extends HTMLElement {
  #verdict = document.createElement('div');
  #ready = false;
  /** What is still to be told when the demo of the card has run. */
  #reason: (string | Node)[] | undefined;

  connectedCallback(): void {
    for (const name of ENDS) document.addEventListener(name, this.#demoRan);
    if (this.#ready) return; // a card takes its question in
    this.#ready = true;
    const t = pageTexts().exercise;
    this.addEventListener('keydown', (event) => {
      event.stopPropagation(); // Material's shortcuts
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement) this.#check();
    });
    const actions = document.createElement('div');
    actions.className = 'exercise-actions';
    actions.append(button(this.#card ? t.go : t.check, 'live-button exercise-check', () => this.#check()));
    if (this.#hidesDemo && isOpenQuestion(this.id)) {
      const skip = button(t.skip, 'live-button exercise-skip', () => {
        this.#show({ right: undefined, text: t.skipped });
        closeQuestion(this.id);
      });
      actions.append(skip);
      const done = () => {
        if (isOpenQuestion(this.id)) return;
        document.removeEventListener(EXERCISE_DONE, done);
        skip.remove();
      };
      document.addEventListener(EXERCISE_DONE, done);
    }
    this.#verdict.className = 'exercise-verdict';
    this.#verdict.setAttribute('role', 'status');
    const answer = this.querySelector('.exercise-answer');
    if (answer) answer.after(actions, this.#verdict);
    else this.append(actions, this.#verdict);
    if (!this.#card) return;
    answer?.addEventListener('click', (event) => {
      // a finger's or a mouse's choice; arrow keys only move between the choices, and Enter takes one
      const { detail, target } = event as MouseEvent;
      if (detail > 0 && (target as Element).closest('.exercise-choice label')) setTimeout(() => /right|wrong/.test(this.dataset['verdict'] ?? '') || this.#check());
    });
  }

  disconnectedCallback(): void {
    for (const name of ENDS) document.removeEventListener(name, this.#demoRan);
  }

  /** The demo on whose card this question stands. */
  get #card(): DemoElement | null {
    return this.closest('.live-figure')?.querySelector<DemoElement>(':scope > :first-child') ?? null;
  }

  get #hidesDemo(): boolean {
    return this.id !== '' && document.querySelector(`[after="${CSS.escape(this.id)}"]`) !== null;
  }

  #check(): void {
    const verdict = this.#judge();
    this.#show(verdict);
    if (verdict.right === undefined) return;
    if (isDone(this.getAttribute('kind'), verdict.right)) noteDone(this.id);
    if (this.#card) this.#answer(verdict.text);
    closeQuestion(this.id, true); // a guess is a guess, right or wrong
  }

  /** Say what was chosen; the reason follows when the demo has shown it, or at once if it is not there to show it. */
  #answer(otherwise: string): void {
    const choice = this.querySelector('input:checked')?.closest('.exercise-choice');
    const said = choice?.querySelector('label > span');
    this.#verdict.replaceChildren();
    this.#tell('said', ...(said ? copies(said) : [this.querySelector<HTMLInputElement>('input[data-answer]')?.value ?? '']));
    const why = choice?.querySelector('.exercise-why');
    this.#reason = why ? copies(why) : [otherwise];
    if (!this.#card?.state) this.#giveReason();
  }

  #giveReason(): void {
    if (this.#reason) this.#tell('reason', ...this.#reason);
    this.#reason = undefined;
  }

  #tell(what: 'said' | 'did' | 'reason', ...words: (string | Node)[]): void {
    const line = document.createElement('p');
    const name = document.createElement('b');
    name.textContent = pageTexts().exercise[what];
    line.append(name, ' ', ...words);
    this.#verdict.append(line);
  }

  #judge(): Verdict {
    const t = pageTexts().exercise;
    const choice = this.querySelector<HTMLInputElement>('.exercise-choice input:checked');
    if (this.querySelector('.exercise-choice')) {
      for (const why of this.querySelectorAll<HTMLElement>('.exercise-why')) why.hidden = true;
      if (!choice) return { right: undefined, text: t.choose };
      const why = choice.closest('.exercise-choice')?.querySelector<HTMLElement>('.exercise-why');
      if (why) why.hidden = false;
      const right = choice.hasAttribute('data-correct');
      return { right, text: right ? t.right : t.wrong };
    }
    const number = this.querySelector<HTMLInputElement>('input[data-answer]');
    if (number) {
      const value = readNumber(number.value);
      if (Number.isNaN(value)) return { right: undefined, text: t.number };
      const off = Math.abs(value - Number(number.dataset['answer']));
      const right = off <= Number(number.dataset['tolerance'] ?? 0) + 1e-12;
      return { right, text: right ? t.right : t.wrong };
    }
    switch (demoStage(this.#demo, this.#goal)) {
      case 'missing':
        return { right: undefined, text: t.stateMissing };
      case 'waiting':
        return { right: undefined, text: t.stateWaiting };
      case 'elsewhere':
        return { right: false, text: t.notYet };
      case 'reached':
        return { right: true, text: t.stateReached };
    }
  }

  /** The figure carries the id from the start; the element inside it has a state once its program is there. */
  get #demo(): DemoElement | null {
    const id = this.querySelector<HTMLElement>('[data-demo]')?.dataset['demo'];
    return id ? document.querySelector<DemoElement>(`#${CSS.escape(id)}.live-figure > :first-child`) : null;
  }

  get #goal(): Record<string, string | number> {
    return JSON.parse(this.querySelector<HTMLElement>('[data-state]')?.dataset['state'] ?? '{}') as Record<string, string | number>;
  }

  /** Told at once when a run ends in the state asked for; silent otherwise. On a card the first run is the answer. */
  #demoRan = (event: Event): void => {
    if (this.#reason && event.target === this.#card) {
      const did = event.type === 'demo-ready' && this.#card?.outcome;
      if (did) this.#tell('did', did);
      this.#giveReason();
    }
    if (event.type !== 'demo-ready') return;
    const demo = this.#demo;
    if (demo && event.target === demo && demoStage(demo, this.#goal) === 'reached') this.#check();
  };

  #show(verdict: Verdict): void {
    this.#verdict.textContent = verdict.text;
    this.dataset['verdict'] = verdict.right === undefined ? 'open' : verdict.right ? 'right' : 'wrong';
    // the sentence that an answer earns unfolds above it, and would push it out of sight
    if (this.contains(document.activeElement)) this.#verdict.scrollIntoView({ block: 'nearest' });
  }
}

const copies = (element: Element): Node[] => [...element.childNodes].map((node) => node.cloneNode(true));

function button(text: string, className: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.textContent = text;
  element.addEventListener('click', onClick);
  return element;
}

export function defineExercise(): void {
  customElements.define('live-exercise', LiveExercise);
}
