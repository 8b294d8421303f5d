/**
 * <live-exercise>: checks an answer on the spot. The plugin writes question, inputs, hint and solution as
 * plain HTML; this adds the check button and the verdict.
 */
import { closeQuestion, EXERCISE_DONE, isOpenQuestion } from './exercise-done.ts';
import { texts } from './texts.ts';

/** A demo as an exercise sees it. */
interface DemoElement extends HTMLElement {
  state?: Record<string, string | number>;
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

/** Whether a demo's state holds every value asked for; numbers are compared as numbers. */
export function holdsState(state: Record<string, string | number>, goal: Record<string, string | number>): boolean {
  return Object.entries(goal).every(([name, value]) =>
    typeof value === 'number' ? Math.abs(Number(state[name]) - value) < 1e-9 : state[name] === value,
  );
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

class LiveExercise extends HTMLElement {
  #verdict = document.createElement('p');
  #ready = false;

  connectedCallback(): void {
    if (this.#ready) return;
    this.#ready = true;
    const t = texts().exercise;
    this.addEventListener('keydown', (event) => {
      event.stopPropagation(); // Material's shortcuts
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement) this.#check();
    });
    const actions = document.createElement('div');
    actions.className = 'exercise-actions';
    actions.append(button(t.check, 'live-button live-primary', () => this.#check()));
    if (this.#hidesDemo && isOpenQuestion(this.id)) {
      const skip = button(t.skip, 'live-button', () => {
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
    document.addEventListener('demo-ready', this.#demoRan);
  }

  disconnectedCallback(): void {
    document.removeEventListener('demo-ready', this.#demoRan);
  }

  get #hidesDemo(): boolean {
    return this.id !== '' && document.querySelector(`[after="${CSS.escape(this.id)}"]`) !== null;
  }

  #check(): void {
    const verdict = this.#judge();
    this.#show(verdict);
    if (verdict.right !== undefined) closeQuestion(this.id); // a guess is a guess, right or wrong
  }

  #judge(): Verdict {
    const t = texts().exercise;
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

  /** Told at once when a run ends in the state asked for; silent otherwise. */
  #demoRan = (event: Event): void => {
    const demo = this.#demo;
    if (demo && event.target === demo && demoStage(demo, this.#goal) === 'reached') this.#check();
  };

  #show(verdict: Verdict): void {
    this.#verdict.textContent = verdict.text;
    this.dataset['verdict'] = verdict.right === undefined ? 'open' : verdict.right ? 'right' : 'wrong';
  }
}

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
