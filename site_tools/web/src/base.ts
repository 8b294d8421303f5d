/**
 * The base of all live elements: phases, frame, controls, links.
 *
 *   poster ──run──► loading ──► running ──► ready ──run──► running ...
 *      ▲               │           │
 *      └── cancel ─────┴── error ◄─┘   retry = run
 *
 * An element enhances HTML that already works: the static figure it finds inside stays on screen until
 * there is something better, and comes back if anything fails. It renders into the light DOM, so the
 * page's own styles apply, and keeps its state in attributes.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { asLiveError, isAbort, type LiveError } from './errors.ts';
import { closeQuestion, EXERCISE_DONE, isOpenQuestion } from './exercise_done.ts';
import { icon } from './icons.ts';
import { nextFrame, prefersCalm, unwatch, watch } from './observe.ts';
import { currentPage } from './page.ts';
import { runtime, type Session } from './runtime.ts';
import { ELEMENTS, parseState, propertyName, stateFromLink, stateLink, type ElementSpec, type NumberSpec, type StateValue } from './state.ts';
import { formatBytes, texts, type ElementTexts } from './texts.ts';

export type Phase = 'poster' | 'loading' | 'running' | 'ready' | 'error';

/** A fact in numbers: what, how much. */
export type Fact = [label: string, value: string];

export abstract class LiveElement extends LitElement {
  static override properties: Record<string, object> = {
    phase: { state: true },
    message: { state: true },
    progress: { state: true },
    failure: { state: true },
    cached: { state: true },
    shownLink: { state: true },
    covered: { state: true },
  };

  declare model: string;
  declare phase: Phase;
  declare message: string;
  /** Bytes loaded and in all; undefined while nothing is being loaded. */
  declare progress: { loaded: number; total: number } | undefined;
  declare failure: LiveError | undefined;
  /** Whether the files are on this device already; undefined until it is known. */
  declare cached: boolean | undefined;
  /** A link the reader has to copy by hand. */
  declare shownLink: string;
  /** An exercise has to be answered or skipped first: guess, then see. */
  declare covered: boolean;

  /** What the page author put inside: the poster. */
  protected poster: Node[] = [];
  protected visible = true;
  #job: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakeUp: (() => void)[] = [];

  constructor() {
    super();
    this.model = '';
    this.phase = 'poster';
    this.message = '';
    this.shownLink = '';
    this.covered = false;
    for (const [name, spec] of Object.entries(this.spec.state)) this.#set(name, spec.default);
  }

  // --- What an element says about itself ------------------------------------------------------------

  protected abstract get texts(): ElementTexts;
  /** Do the work; called by `run`. Read the state from the properties, stop when the signal fires. */
  protected abstract execute(signal: AbortSignal): Promise<void>;
  /** The picture. `poster` is what to show before there is one. */
  protected abstract renderStage(poster: Node[]): TemplateResult;
  /** The few controls a beginner needs. */
  protected abstract renderControls(): TemplateResult;
  /** The rest, behind "more"; nothing if there is no rest. */
  protected renderMore(): TemplateResult | typeof nothing {
    return nothing;
  }
  protected facts(): Fact[] {
    return [];
  }
  /** Whether there is a result on the stage, so that the poster may go. */
  protected get hasResult(): boolean {
    return false;
  }
  /** Called when the reader changed a control; runs again if the model is open. */
  protected changed(_name: string): void {
    if (!this.spec.runtime || runtime.isOpen(this.model)) this.runSoon();
  }
  /** Colours changed: redraw what is not CSS. */
  protected themeChanged(): void {}

  // --- State ---------------------------------------------------------------------------------------

  get spec(): ElementSpec {
    return ELEMENTS[this.localName]!;
  }

  /** The id that links and exercises use: the figure's. */
  get demoId(): string {
    return this.closest('figure')?.id || this.id;
  }

  /** Id of the exercise that comes first, or "". (`after` itself is a method of every element.) */
  get question(): string {
    return this.getAttribute('after') ?? this.closest('figure')?.dataset['after'] ?? '';
  }

  get state(): Record<string, StateValue> {
    return Object.fromEntries(Object.keys(this.spec.state).map((name) => [name, this.#get(name)]));
  }

  /** Set one state value as a reader would. */
  setState(name: string, value: StateValue): void {
    const next = parseState(this.spec.state[name]!, value);
    if (next === this.#get(name)) return;
    this.#set(name, next);
    this.changed(name);
  }

  #get(name: string): StateValue {
    return (this as unknown as Record<string, StateValue>)[propertyName(name)]!;
  }

  #set(name: string, value: StateValue): void {
    (this as unknown as Record<string, StateValue>)[propertyName(name)] = value;
  }

  // --- Life ----------------------------------------------------------------------------------------

  protected override createRenderRoot(): HTMLElement {
    if (this.poster.length === 0) {
      this.poster = [...this.childNodes];
      this.replaceChildren();
    }
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasUpdated) {
      const linked = stateFromLink(this.demoId, this.spec.state, location.search);
      for (const [name, value] of Object.entries(linked)) this.#set(name, value);
      this.addEventListener('keydown', (event) => event.stopPropagation()); // Material's shortcuts: s, f, /, n, p
      this.addEventListener('fullscreenchange', () => this.requestUpdate());
      // Whoever follows a link to this demo is meant to see it.
      const linkedHere = Object.keys(linked).length > 0 || decodeURIComponent(location.hash) === `#${this.demoId}`;
      this.covered = !linkedHere && isOpenQuestion(this.question);
    }
    document.addEventListener(EXERCISE_DONE, this.#uncover);
    watch(this, {
      onVisibility: (visible) => {
        this.visible = visible;
        if (visible) this.#wakeUp.splice(0).forEach((wake) => wake());
      },
      onTheme: () => this.themeChanged(),
    });
    if (this.spec.runtime) {
      runtime.isCached(this.model).then(
        (cached) => (this.cached = cached),
        () => (this.cached = false),
      );
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener(EXERCISE_DONE, this.#uncover);
    unwatch(this);
    this.#job?.abort();
    clearTimeout(this.#timer);
    // An element that was only moved is back by now.
    setTimeout(() => {
      if (!this.isConnected && this.spec.runtime && !document.querySelector('[data-live-runtime]')) runtime.shutdown();
    });
  }

  protected override updated(_changed: PropertyValues): void {
    this.toggleAttribute('data-live-runtime', this.spec.runtime);
    this.dataset['phase'] = this.phase;
  }

  // --- Running -------------------------------------------------------------------------------------

  /** Start; a run that is under way gives way to this one. */
  async run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#job?.abort();
    const job = new AbortController();
    this.#job = job;
    this.failure = undefined;
    this.phase = 'running';
    this.message = texts().running;
    try {
      await this.execute(job.signal);
      if (this.#job !== job) return;
      this.phase = 'ready';
      this.dispatchEvent(new CustomEvent('demo-ready', { bubbles: true }));
    } catch (error) {
      if (this.#job !== job) return; // a newer run has taken over
      if (isAbort(error)) {
        this.phase = this.hasResult ? 'ready' : 'poster';
        this.message = texts().cancelled;
      } else {
        this.failure = asLiveError(error);
        this.phase = 'error';
        this.message = texts().failures[this.failure.code];
        this.dispatchEvent(new CustomEvent('demo-error', { bubbles: true, detail: this.failure }));
      }
    } finally {
      if (this.#job === job) {
        this.#job = undefined;
        this.progress = undefined;
      }
    }
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

  /** Open the element's model, showing bytes and progress. */
  protected async openModel(signal: AbortSignal): Promise<Session> {
    if (!runtime.isOpen(this.model)) {
      this.phase = 'loading';
      this.message = texts().loading;
    }
    let painted = 0;
    const session = await runtime.open(this.model, {
      signal,
      onProgress: (loaded, total) => {
        if (performance.now() - painted < 80 && loaded < total) return; // chunks come by the hundred
        painted = performance.now();
        this.progress = { loaded, total };
        if (loaded >= total) this.message = texts().preparing;
      },
    });
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
    if (!this.visible && !signal.aborted) {
      this.message = texts().paused;
      await new Promise<void>((resolve) => {
        this.#wakeUp.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      this.message = texts().running;
    }
    signal.throwIfAborted();
  }

  /** The reader asked for less motion: show results, not the way there. */
  protected get calm(): boolean {
    return prefersCalm();
  }

  // --- Frame ---------------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    if (this.covered) return this.#renderCover();
    const more = this.renderMore();
    return html`
      <div class="live-frame">
        ${this.#renderBar()}
        <div class="live-body">
          <div class="live-stage">${this.renderStage(this.poster)} ${this.#renderOverlay()}</div>
          <div class="live-panel">
            ${this.renderControls()} ${this.renderActions()}
            ${more === nothing ? nothing : html`<details class="live-more"><summary>${texts().more}</summary>${more}</details>`}
          </div>
        </div>
        ${this.#renderFacts()}
        <p class="live-status" role="status" aria-live="polite">${this.phase === 'error' ? '' : this.message}</p>
        ${this.shownLink ? html`<input class="live-link" readonly .value=${this.shownLink} aria-label=${texts().copyLink} />` : nothing}
      </div>
    `;
  }

  #renderCover(): TemplateResult {
    const t = texts().exercise;
    return html`
      <div class="live-frame">
        <div class="live-bar"><span class="live-title">${this.texts.title}</span></div>
        <div class="live-cover">
          <p>${t.covered}</p>
          <a class="live-button live-primary" href="#${this.question}">${t.toQuestion}</a>
          <button type="button" class="live-button" @click=${this.#skipQuestion}>${t.skip}</button>
        </div>
      </div>
    `;
  }

  #renderBar(): TemplateResult {
    const t = texts();
    const { source } = currentPage();
    const inFull = document.fullscreenElement === this;
    return html`
      <div class="live-bar">
        <span class="live-title">${this.texts.title}</span>
        <span class="live-tools">
          <button type="button" class="live-tool" @click=${this.#copyLink} title=${t.copyLink} aria-label=${t.copyLink}>${icon('link')}</button>
          ${source
            ? html`<a class="live-tool" href=${source + this.spec.source} title=${t.source} aria-label=${t.source}>${icon('code')}</a>`
            : nothing}
          ${document.fullscreenEnabled
            ? html`<button type="button" class="live-tool" @click=${this.#toggleFullScreen} title=${inFull ? t.leaveFullScreen : t.fullScreen}
                aria-label=${inFull ? t.leaveFullScreen : t.fullScreen}>${icon(inFull ? 'shrink' : 'expand')}</button>`
            : nothing}
        </span>
      </div>
    `;
  }

  #renderOverlay(): TemplateResult | typeof nothing {
    const t = texts();
    if (this.phase === 'error') {
      return html`
        <div class="live-overlay live-failure">
          <p role="alert">${this.message}</p>
          <button type="button" class="live-button" @click=${this.run}>${t.retry}</button>
          ${this.failure?.detail ? html`<small>${this.failure.detail}</small>` : nothing}
        </div>
      `;
    }
    if (this.phase !== 'loading') return nothing;
    const { loaded, total } = this.progress ?? { loaded: 0, total: 0 };
    const downloading = total > 0 && loaded < total;
    return html`
      <div class="live-overlay">
        <span>${downloading || !total ? t.loading : t.preparing}</span>
        <progress max="1" value=${downloading ? loaded / total : nothing} aria-label=${t.loading}></progress>
        <span class="live-numbers">${total ? t.progress(formatBytes(loaded), formatBytes(total)) : ' '}</span>
      </div>
    `;
  }

  protected get runLabel(): string {
    return this.hasResult ? texts().runAgain : texts().run;
  }

  /** The buttons; an element may add its own behind them. */
  protected renderActions(extra: TemplateResult | typeof nothing = nothing): TemplateResult {
    const t = texts();
    const open = !this.spec.runtime || runtime.isOpen(this.model);
    return html`
      <div class="live-actions">
        <button type="button" class="live-button live-primary" @click=${this.run}>${this.runLabel}</button>
        ${this.busy ? html`<button type="button" class="live-button" @click=${this.cancel}>${t.cancel}</button>` : nothing} ${extra}
        ${open || this.busy || this.cached === undefined
          ? nothing
          : html`<small class="live-cost">${this.cached ? t.cached : t.download(formatBytes(runtime.size(this.model).wire))}</small>`}
      </div>
    `;
  }

  #renderFacts(): TemplateResult | typeof nothing {
    const facts = this.facts();
    if (facts.length === 0) return nothing;
    return html`<dl class="live-facts">${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
  }

  // --- Controls made from the state's specification ----------------------------------------------------

  /** A labelled native input for one state value; a choice is a list, a number a slider with a field. */
  protected control(name: string, names: Record<string, string> = this.texts.values[name] ?? {}): TemplateResult {
    const spec = this.spec.state[name]!;
    const label = this.texts.labels[name] ?? name;
    const value = this.#get(name);
    if (spec.type === 'choice') {
      return html`
        <label class="live-field"><span>${label}</span>
          <select @change=${(event: Event) => this.setState(name, (event.target as HTMLSelectElement).value)}>
            ${spec.values.map((one) => html`<option value=${one} ?selected=${one === value} .selected=${one === value}>${names[one] ?? one}</option>`)}
          </select>
        </label>
      `;
    }
    if (spec.type === 'text') throw new TypeError(`${name} is text: render its input yourself`);
    return html`<label class="live-field"><span>${label}</span>${this.#numberInput(name, spec)}</label>`;
  }

  #numberInput(name: string, spec: NumberSpec, label?: string): TemplateResult {
    const set = (event: Event) => {
      const input = event.target as HTMLInputElement;
      if (input.value !== '') this.setState(name, input.valueAsNumber);
    };
    const settle = (event: Event) => {
      (event.target as HTMLInputElement).value = String(this.#get(name)); // show what was held
    };
    return html`
      <input type="number" inputmode="decimal" aria-label=${label ?? nothing} min=${spec.min} max=${spec.max} step=${spec.step ?? 1}
        .value=${String(this.#get(name))} @input=${set} @change=${settle} />
    `;
  }

  /** A slider for a number, between its own bounds (which may be narrower than the state's), with a field beside it. */
  protected slider(name: string, bounds: { min?: number; max?: number } = {}): TemplateResult {
    const spec = this.spec.state[name]!;
    if (spec.type === 'choice' || spec.type === 'text') throw new TypeError(`${name} is not a number`);
    const label = this.texts.labels[name] ?? name;
    const step = spec.step ?? 1;
    return html`
      <label class="live-field live-slider"><span>${label}</span>
        <input type="range" min=${bounds.min ?? spec.min} max=${bounds.max ?? spec.max} step=${step}
          .value=${String(this.#get(name))} @input=${(event: Event) => this.setState(name, (event.target as HTMLInputElement).valueAsNumber)} />
        ${this.#numberInput(name, spec, label)}
      </label>
    `;
  }

  /** A choice as a row of radio buttons. */
  protected segments(name: string, names: Record<string, string> = this.texts.values[name] ?? {}): TemplateResult {
    const spec = this.spec.state[name]!;
    if (spec.type !== 'choice') throw new TypeError(`${name} is not a choice`);
    const group = `${this.demoId || this.localName}-${name}`;
    return html`
      <fieldset class="live-segments">
        <legend>${this.texts.labels[name] ?? name}</legend>
        ${spec.values.map(
          (one) => html`
            <label><input type="radio" name=${group} value=${one} .checked=${one === this.#get(name)} @change=${() => this.setState(name, one)} /><span>${names[one] ?? one}</span></label>
          `,
        )}
      </fieldset>
    `;
  }

  // --- Guess first -----------------------------------------------------------------------------------

  #uncover = (): void => {
    this.covered &&= isOpenQuestion(this.question);
  };

  #skipQuestion = async (): Promise<void> => {
    closeQuestion(this.question);
    await this.updateComplete;
    // The button that had the focus is gone.
    (this.querySelector<HTMLElement>('.live-primary') ?? this.querySelector<HTMLElement>('button'))?.focus({ preventScroll: true });
  };

  // --- Tools -----------------------------------------------------------------------------------------

  #copyLink = async (): Promise<void> => {
    const link = stateLink(this.demoId, this.state, this.spec.state, location.href);
    try {
      await navigator.clipboard.writeText(link);
      this.shownLink = '';
      this.message = texts().linkCopied;
    } catch {
      this.shownLink = link; // plain http on a network, or the reader said no
      this.message = texts().linkShown;
      await this.updateComplete;
      this.querySelector<HTMLInputElement>('.live-link')?.select();
    }
  };

  #toggleFullScreen = async (): Promise<void> => {
    if (document.fullscreenElement === this) await document.exitFullscreen();
    else await this.requestFullscreen().catch(() => {}); // refused: nothing is lost
  };
}
