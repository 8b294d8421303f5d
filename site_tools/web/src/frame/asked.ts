/** An element that waits for a question: guess, then see. The question stands on its card, or elsewhere on the page. */
import { closeQuestion, EXERCISE_DONE, isOpenQuestion, type ExerciseDone } from '../page/exercise-done.ts';
import { RunnableElement } from './runnable.ts';

export abstract class AskedElement extends RunnableElement {
  static override get properties(): Record<string, object> {
    return { covered: { state: true } };
  }

  /** An exercise has to be answered or skipped first. */
  declare covered: boolean;
  /** The question, if it stands on the element's card. */
  protected asked: Element | null = null;

  constructor() {
    super();
    this.covered = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasUpdated) this.covered = isOpenQuestion(this.question);
    document.addEventListener(EXERCISE_DONE, this.#uncover);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener(EXERCISE_DONE, this.#uncover);
  }

  /** The question that stands beside the element in its figure comes onto its card. */
  protected takeQuestion(): void {
    if (this.question) this.asked ??= this.closest('figure')?.querySelector(`#${CSS.escape(this.question)}`) ?? null;
  }

  /** Id of the exercise that comes first, or "". (`after` itself is a method of every element.) */
  get question(): string {
    return this.getAttribute('after') ?? this.closest('figure')?.dataset['after'] ?? '';
  }

  /** On a card, answering presses play; also when the question is met again on a later visit. */
  #uncover = async (event: Event): Promise<void> => {
    const { id, answered } = (event as CustomEvent<ExerciseDone>).detail;
    if (id !== this.question) return;
    this.covered = false;
    // an answer that the language switch brought along was not given here
    if (!this.asked || navigator.userActivation?.isActive === false) return;
    if (answered) this.answered();
    await this.updateComplete;
    this.querySelector('.live-stage')?.scrollIntoView({ block: 'nearest' });
    const { activeElement } = document; // what had the focus is gone
    if (activeElement === document.body || this.asked.contains(activeElement)) this.focusFirst();
  };

  /** The question on the card is answered: show what comes of it. */
  protected answered(): void {
    void this.run();
  }

  protected skipQuestion = async (): Promise<void> => {
    closeQuestion(this.question);
    await this.updateComplete;
    this.focusFirst(); // the button that had the focus is gone
  };

  /** Take the keyboard to where the element begins. */
  protected focusFirst(): void {
    (this.querySelector<HTMLElement>('.live-primary') ?? this.querySelector<HTMLElement>('button'))?.focus({ preventScroll: true });
  }
}
