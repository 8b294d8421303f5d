/**
 * The base of all live elements: one frame, links that carry the state, and a question first.
 *
 * An element enhances HTML that already works: the static figure it finds inside stays on screen until
 * there is something better, and comes back if anything fails. It renders into the light DOM, so the
 * page's own styles apply, and keeps its state in attributes.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { AskedElement } from './asked.ts';
import { bar, factList, gate, failureNotice, type Fact } from './frame.ts';
import { unwatch, watch } from '../page/observe.ts';
import { currentPage } from '../page/page.ts';
import { pointsAt, stateFromLink, stateLink, type NumberSpec } from './state.ts';
import { failureText, texts } from '../page/texts.ts';

export abstract class LiveElement extends AskedElement {
  static override get properties(): Record<string, object> {
    return { shownLink: { state: true } };
  }

  /** A link the reader has to copy by hand. */
  declare shownLink: string;

  /** What the page author put inside: the poster. */
  protected poster: Node[] = [];

  constructor() {
    super();
    this.shownLink = '';
  }

  // --- What an element says about itself ------------------------------------------------------------

  /** The picture. `poster` is what to show before there is one. */
  protected abstract renderStage(poster: Node[]): TemplateResult;
  /** The start of the experiment, standing still behind the choices of its question; it shows no result. */
  protected renderStart(): TemplateResult | typeof nothing {
    return nothing;
  }
  /** The few controls a beginner needs. */
  protected abstract renderControls(): TemplateResult;
  /** The rest, behind "more"; nothing if there is no rest. */
  protected renderMore(): TemplateResult | typeof nothing {
    return nothing;
  }
  protected facts(): Fact[] {
    return [];
  }
  /** Further facts, folded. */
  protected numbers(): Fact[] {
    return [];
  }
  /** What it did, as an answer to the question on its card; "" if that is for the eye alone. */
  get outcome(): string {
    return '';
  }
  /** Colours changed: redraw what is not CSS. */
  protected themeChanged(): void {}

  /** What to say instead of a promise when a link cannot hold all that is shown; "" if it can. */
  protected get notInLink(): string {
    return '';
  }
  /** Settings changed since the picture was made, and it waits for the button. */
  protected stale = false;

  // --- Life ----------------------------------------------------------------------------------------

  protected override createRenderRoot(): HTMLElement {
    if (this.poster.length === 0) {
      this.poster = [...this.childNodes];
      this.replaceChildren();
    }
    this.takeQuestion();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasUpdated) {
      const linked = stateFromLink(this.demoId, this.spec.state, location.search);
      for (const [name, value] of Object.entries(linked)) this.setQuietly(name, value);
      this.addEventListener('keydown', (event) => event.stopPropagation()); // Material's shortcuts: s, f, /, n, p
      this.addEventListener('fullscreenchange', () => this.requestUpdate());
      // Whoever follows a link to this demo is meant to see it.
      this.covered &&= Object.keys(linked).length === 0 && !pointsAt(location.hash, this.demoId);
    }
    watch(this, {
      onVisibility: (visible) => this.setVisible(visible),
      onTheme: () => {
        if (!this.covered) this.themeChanged(); // behind its question there is nothing to redraw
      },
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    unwatch(this);
  }

  /** What goes wrong while drawing becomes a sentence too. */
  protected override performUpdate(): void {
    try {
      super.performUpdate();
    } catch (error) {
      console.error(error);
      if (this.phase !== 'error') this.fail(error);
    }
  }

  protected override updated(_changed: PropertyValues): void {
    this.dataset['phase'] = this.phase;
  }

  // --- Frame ---------------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    const [numbers, engine] = [this.numbers(), this.renderEngine()];
    return html`
      <div class="live-frame">
        ${this.#renderBar()}
        <div class="live-body ${this.covered ? 'live-cover' : ''}">
          ${this.#renderStage()}
          ${this.asked ? html`<div class="live-question">${this.asked} ${this.covered ? this.renderCost() : nothing}</div>` : nothing}
          ${this.covered ? this.#renderGate() : html`<div class="live-panel">${this.renderPanel()}</div>`}
        </div>
        ${this.covered
          ? nothing
          : html`
              ${factList(this.facts())}
              ${numbers.length || engine !== nothing
                ? html`<details class="live-more live-figures"><summary>${texts().numbers}</summary>
                    ${numbers.map(([label, value]) => html`<p>${label} <b>${value}</b></p>`)} ${engine}
                  </details>`
                : nothing}
            `}
        <p class="live-status" role="status" aria-live="polite">${this.phase === 'error' ? '' : this.message}</p>
        ${this.shownLink ? html`<input class="live-link" readonly .value=${this.shownLink} aria-label=${texts().copyLink} />` : nothing}
      </div>
    `;
  }

  #renderStage(): TemplateResult | typeof nothing {
    const picture = this.covered ? this.renderStart() : this.renderStage(this.poster);
    return picture === nothing ? nothing : html`<div class="live-stage">${picture} ${this.#renderNotice()}</div>`;
  }

  /** Beside the picture: what the reader may set and press. */
  protected renderPanel(): TemplateResult {
    const more = this.renderMore();
    return html`
      ${this.renderControls()} ${this.renderActions()}
      ${more === nothing ? nothing : html`<details class="live-more"><summary>${texts().more}</summary>${more}</details>`}
    `;
  }

  /** On a card the question itself stands there; else a word about it. The poster waits for paper. */
  #renderGate(): TemplateResult {
    return html`
      ${this.asked ? nothing : gate(this.question, this.skipQuestion)}
      <div class="live-paper" aria-hidden="true">${this.poster}</div>
    `;
  }

  #renderBar(): TemplateResult {
    const { source } = currentPage();
    return bar({
      title: this.texts.title,
      source: source && source + this.spec.source,
      copyLink: this.#copyLink,
      fullScreen: document.fullscreenEnabled && !this.covered ? { on: document.fullscreenElement === this, toggle: this.#toggleFullScreen } : undefined,
    });
  }

  #renderNotice(): TemplateResult | typeof nothing {
    const { failure } = this;
    if (failure) return failureNotice(failureText(failure.code), failure.detail, () => void this.run());
    return this.phase === 'loading' ? this.renderLoading() : nothing;
  }

  protected get runLabel(): string {
    return this.hasResult ? texts().runAgain : texts().run;
  }

  /** The buttons; an element may add its own behind them. */
  protected renderActions(extra: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`
      <div class="live-actions">
        <button type="button" class="live-button live-primary" @click=${this.#press}>${this.runLabel}</button>
        ${this.busy ? html`<button type="button" class="live-button" @click=${this.cancel}>${texts().cancel}</button>` : nothing} ${extra}
        ${this.renderCost()}
      </div>
    `;
  }

  /** Beside the button: what pressing it costs. */
  protected renderCost(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** Over the picture, while something is being loaded. */
  protected renderLoading(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** Among the numbers: what runs the model. */
  protected renderEngine(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** The same would come out again: when a run has ended, the next one starts from something else. */
  #press = (): void => {
    if (this.phase === 'ready' && this.hasResult && !this.stale) this.roll();
    void this.run();
  };

  /** What the next run starts from: the next seed, if there is one. */
  protected roll(): void {
    const seed = this.spec.state['seed'] as NumberSpec | undefined;
    if (seed) this.setQuietly('seed', (Number(this.state['seed']) + 1) % (seed.max + 1));
  }

  // --- Tools -----------------------------------------------------------------------------------------

  #copyLink = async (): Promise<void> => {
    const link = stateLink(this.demoId, this.state, this.spec.state, location.href);
    try {
      await navigator.clipboard.writeText(link);
      this.shownLink = '';
      this.message = this.notInLink || texts().linkCopied;
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
