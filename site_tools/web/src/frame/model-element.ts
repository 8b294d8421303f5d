/**
 * An element that runs models: it opens them, says beforehand what that costs, shows how far they are, and lets the reader
 * choose the engine. It comes in a script of its own, with the runtime: elements that only calculate do without both.
 */
import { html, nothing, type TemplateResult } from '../lit.ts';
import { LiveElement } from './base.ts';
import { engineChoice } from './engine-choice.ts';
import { loadingNotice } from './loading.ts';
import { formatBytes, texts } from '../page/texts.ts';
import type { EngineName } from '../runtime/engines.ts';
import { runtime, type Session } from '../runtime/runtime.ts';

export abstract class ModelElement extends LiveElement {
  static override get properties(): Record<string, object> {
    return { progress: { state: true }, cached: { state: true } };
  }

  declare model: string;
  /** Bytes loaded and in all; undefined while nothing is being loaded. */
  declare progress: { loaded: number; total: number } | undefined;
  /** Whether the files are on this device already; undefined until it is known. */
  declare cached: boolean | undefined;

  constructor() {
    super();
    this.model = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.toggleAttribute('data-live-runtime', true);
    this.#lookUp();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // An element that was only moved is back by now.
    setTimeout(() => {
      if (!this.isConnected && !document.querySelector('[data-live-runtime]')) runtime.shutdown();
    });
  }

  /** Whether the files are here already. */
  #lookUp(): void {
    runtime.isCached(this.model).then(
      (cached) => (this.cached = cached),
      () => (this.cached = false),
    );
  }

  /** Runs again if the model is open. */
  protected override changed(name: string): void {
    if (runtime.isOpen(this.model)) super.changed(name);
  }

  /** Open the element's model, or another one, showing bytes and progress. */
  protected async openModel(signal: AbortSignal, model = this.model): Promise<Session> {
    const fresh = !runtime.isOpen(model);
    if (fresh) {
      this.phase = 'loading';
      this.message = texts().loading;
      this.progress = undefined;
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
    this.phase = 'running';
    this.message = texts().running;
    await this.breathe(signal); // what follows is not to make one long task with the worker's answer
    return session;
  }

  // --- Frame ---------------------------------------------------------------------------------------

  protected override renderCost(): TemplateResult | typeof nothing {
    if (runtime.isOpen(this.model) || this.busy || this.cached === undefined) return nothing;
    return html`<small class="live-cost">${this.cached ? texts().cached : texts().download(formatBytes(runtime.size(this.model)))}</small>`;
  }

  protected override renderLoading(): TemplateResult {
    return loadingNotice(this.progress);
  }

  protected override renderEngine(): TemplateResult {
    return engineChoice(this.model, this.#useEngine);
  }

  /** The same picture again, by the other engine; before the first one, the button tells what that costs. */
  #useEngine = (engine: EngineName): void => {
    runtime.useEngine(this.model, engine);
    this.#lookUp();
    if (this.hasResult) void this.run();
    else this.requestUpdate();
  };
}
