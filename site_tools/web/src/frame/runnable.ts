/**
 * An element that does work which may take time, fail, or be overtaken by the reader's next wish.
 *
 *   poster ──run──► loading ──► running ──► ready ──run──► running ...
 *      ▲               │           │
 *      └── cancel ─────┴── error ◄─┘   retry = run
 */
import { asLiveError, isAbort, type LiveError } from '../page/errors.ts';
import { nextFrame, prefersCalm } from '../page/observe.ts';
import { StatefulElement } from './stateful.ts';
import { failureText, texts } from '../page/texts.ts';

export type Phase = 'poster' | 'loading' | 'running' | 'ready' | 'error';

export abstract class RunnableElement extends StatefulElement {
  static override get properties(): Record<string, object> {
    return { phase: { state: true }, message: { state: true }, failure: { state: true } };
  }

  declare phase: Phase;
  declare message: string;
  declare failure: LiveError | undefined;

  #visible = true;
  #job: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakeUp: (() => void)[] = [];

  constructor() {
    super();
    this.phase = 'poster';
    this.message = '';
  }

  /** Do the work; called by `run`. Read the state from the properties, stop when the signal fires. */
  protected abstract execute(signal: AbortSignal): Promise<void>;
  /** Whether there is a result on the stage, so that the poster may go. */
  protected get hasResult(): boolean {
    return false;
  }
  protected override changed(_name: string): void {
    this.runSoon();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.cancel();
  }

  /**
   * Start; a run that is under way gives way to this one.
   *
   * @param quiet what follows a moving hand: neither status nor events, only the picture and its failures
   */
  async run({ quiet = false } = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#job?.abort();
    const job = new AbortController();
    this.#job = job;
    this.failure = undefined;
    if (!quiet) {
      this.phase = 'running';
      this.message = texts().running;
    }
    try {
      await this.execute(job.signal);
      if (this.#job !== job) return;
      this.phase = 'ready';
      if (quiet) return;
      this.dispatchEvent(new CustomEvent('demo-ready', { bubbles: true }));
    } catch (error) {
      if (this.#job !== job) return; // a newer run has taken over
      if (isAbort(error)) {
        this.phase = this.hasResult ? 'ready' : 'poster';
        this.message = texts().cancelled;
        this.dispatchEvent(new CustomEvent('demo-stopped', { bubbles: true }));
      } else {
        this.fail(error);
      }
    } finally {
      if (this.#job === job) this.#job = undefined;
    }
  }

  /** Tell the reader what went wrong; what is still under way is stopped, and has no more to say. */
  protected fail(error: unknown): void {
    this.#job?.abort();
    this.#job = undefined;
    this.failure = asLiveError(error);
    this.phase = 'error';
    this.message = failureText(this.failure.code);
    this.dispatchEvent(new CustomEvent('demo-error', { bubbles: true, detail: this.failure }));
  }

  /** Run when the reader's hand rests: a slider sends many changes. */
  protected runSoon(delay = 150): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.run(), delay);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#job?.abort();
  }

  get busy(): boolean {
    return this.phase === 'loading' || this.phase === 'running';
  }

  /** Give the screen a turn, and wait while the element is out of sight. */
  protected async breathe(signal: AbortSignal): Promise<void> {
    await nextFrame();
    await this.untilVisible(signal);
  }

  /** Wait while the element is out of sight. Between calls to the worker the screen has turns enough. */
  protected async untilVisible(signal: AbortSignal): Promise<void> {
    if (!this.#visible && !signal.aborted) {
      this.message = texts().paused;
      await new Promise<void>((resolve) => {
        this.#wakeUp.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      signal.throwIfAborted();
      this.message = texts().running;
    }
    signal.throwIfAborted();
  }

  /** The reader asked for less motion: show results, not the way there. */
  protected get calm(): boolean {
    return prefersCalm();
  }

  /** The element left the screen or came back; what waits in `untilVisible` goes on. */
  protected setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible) this.#wakeUp.splice(0).forEach((wake) => wake());
  }
}
