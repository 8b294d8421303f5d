/**
 * An element that does work which may take time, fail, or be overtaken by the reader's next wish.
 *
 *   poster ──run──► loading ──► running ──► ready ──run──► running ...
 *      ▲               │           │
 *      └── cancel ─────┴── error ◄─┘   retry = run
 */
import { asLiveError, isAbort, type LiveError } from '../page/errors.ts';
import { nextFrame, prefersCalm } from '../page/observe.ts';
import { runtime, type Session } from '../runtime/runtime.ts';
import { StatefulElement } from './stateful.ts';
import { texts } from '../page/texts.ts';

export type Phase = 'poster' | 'loading' | 'running' | 'ready' | 'error';

export abstract class RunnableElement extends StatefulElement {
  static override properties: Record<string, object> = {
    phase: { state: true },
    message: { state: true },
    progress: { state: true },
    failure: { state: true },
    cached: { state: true },
  };

  declare model: string;
  declare phase: Phase;
  declare message: string;
  /** Bytes loaded and in all; undefined while nothing is being loaded. */
  declare progress: { loaded: number; total: number } | undefined;
  declare failure: LiveError | undefined;
  /** Whether the files are on this device already; undefined until it is known. */
  declare cached: boolean | undefined;

  #visible = true;
  #job: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakeUp: (() => void)[] = [];

  constructor() {
    super();
    this.model = '';
    this.phase = 'poster';
    this.message = '';
  }

  /** Do the work; called by `run`. Read the state from the properties, stop when the signal fires. */
  protected abstract execute(signal: AbortSignal): Promise<void>;
  /** Whether there is a result on the stage, so that the poster may go. */
  protected get hasResult(): boolean {
    return false;
  }
  /** Runs again if the model is open. */
  protected override changed(_name: string): void {
    if (!this.spec.runtime || runtime.isOpen(this.model)) this.runSoon();
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
      if (this.#job === job) {
        this.#job = undefined;
        this.progress = undefined;
      }
    }
  }

  /** Tell the reader what went wrong; what is still under way is stopped, and has no more to say. */
  protected fail(error: unknown): void {
    this.#job?.abort();
    this.#job = undefined;
    this.progress = undefined;
    this.failure = asLiveError(error);
    this.phase = 'error';
    this.message = texts().failures[this.failure.code];
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

  /** Open the element's model, or another one, showing bytes and progress. */
  protected async openModel(signal: AbortSignal, model = this.model): Promise<Session> {
    const fresh = !runtime.isOpen(model);
    if (fresh) {
      this.phase = 'loading';
      this.message = texts().loading;
    }
    let painted = 0;
    const session = await runtime.open(model, {
      signal,
      onProgress: (loaded, total) => {
        if (performance.now() - painted < 80 && loaded < total) return; // chunks come by the hundred
        painted = performance.now();
        this.progress = { loaded, total };
        if (loaded >= total) this.message = texts().preparing;
      },
    });
    if (!fresh) return session;
    this.cached = true;
    this.progress = undefined;
    this.phase = 'running';
    this.message = texts().running;
    await this.breathe(signal); // what follows is not to make one long task with the worker's answer
    return session;
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
