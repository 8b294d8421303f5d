/** <restore-or-new>: noise a real garment up to t and walk back four times. Is it still the same one? */
import { Newest } from '../../frame/newest.ts';
import { sheet, sheetButton } from '../../frame/sheet.ts';
import { paintGrid, toBytes } from '../../images/grid.ts';
import { RealImages } from '../../images/real.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../../maths/image-size.ts';
import { driftBars, fan } from './stage.ts';
import { classNames } from '../../runtime/manifest.ts';
import { restoreTexts } from './texts.ts';
import { driftOf, noisedTo, stepsFrom, walkBack, type Drift } from './walks.ts';
import { currentPage, elementSpec, html, icon, ModelElement, nothing, runtime, stateProperties, texts } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

/** Steps of a walk while the hand moves. */
const QUICK = 6;
/** Milliseconds without a change after which a hand rests. */
const REST = 300;
const ONE_IMAGE = { columns: 1, size: IMAGE_SIZE, scale: 4, gap: 0 };
const HIDDEN_STATE = ['real', 'walks', 'drift', 'classNames'];

/** `watched`: a button started it, and the way is seen; else the picture stands until the next one is whole. */
type Pace = 'watched' | 'whole' | 'quick';

class RestoreOrNew extends ModelElement {
  static override get spec() {
    return spec;
  }
  static override get properties() {
    return { ...stateProperties(spec), ...Object.fromEntries(HIDDEN_STATE.map((name) => [name, { state: true }])) };
  }
  declare label: string;
  declare image: number;
  declare t: number;
  declare seed: number;
  declare steps: number;
  /** The real image, which stands there before any click. */
  declare real: Float32Array | undefined;
  /** The four, one after the other; undefined before the first run. */
  declare walks: Uint8ClampedArray | undefined;
  declare drift: Drift | undefined;
  declare classNames: string[];
  #outcome = '';
  #calls = 0;
  #seconds = 0;
  #pace: Pace = 'watched';
  #settle: ReturnType<typeof setTimeout> | undefined;
  readonly #follow = new Newest<Pace>((pace) => this.#walk(pace));
  readonly #images = new RealImages(() => this.poster, { label: Number(declared.state.label.default), image: declared.state.image.default });

  constructor() {
    super();
    this.classNames = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    runtime.manifest(this.model).then(
      (manifest) => (this.classNames = classNames(manifest, currentPage().lang)),
      () => {},
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#settle);
  }

  protected override firstUpdated(): void {
    this.#stand().catch(() => {}); // the run will tell what is wrong
  }

  protected get texts() {
    return restoreTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.walks !== undefined;
  }

  override get outcome(): string {
    return this.#outcome;
  }

  // --- Walking ---------------------------------------------------------------------------------------

  /** Show the garment that the next run starts from. */
  async #stand(signal?: AbortSignal): Promise<Float32Array> {
    const which = { label: Number(this.label), image: this.image };
    const real = await this.#images.image(which, signal);
    if (which.label === Number(this.label) && which.image === this.image) this.real = real;
    return real;
  }

  protected override async execute(signal: AbortSignal): Promise<void> {
    const pace = this.#pace;
    const samples = await this.#images.samples(signal);
    const real = await this.#stand(signal);
    const session = await this.openModel(signal);
    const started = performance.now();
    const { t, seed, steps } = this;
    const label = Number(this.label);
    const full = stepsFrom(t, steps);
    const numSteps = pace === 'quick' ? Math.min(QUICK, full) : full;
    const { meter, states } = walkBack(session, noisedTo(real, t, seed), { label, t, seed }, numSteps, signal);
    for await (const { step, x } of states) {
      signal.throwIfAborted();
      if (step === numSteps || (pace === 'watched' && !this.calm)) this.walks = toBytes(x);
      await this.untilVisible(signal);
    }
    this.drift = driftOf(toBytes(real), this.walks!, samples.ofClass(label));
    this.#calls = meter.nfe;
    this.#seconds = (performance.now() - started) / 1000;
    if (pace !== 'quick') this.message = this.#outcome = this.texts.drift(this.drift);
  }

  #walk(pace: Pace): Promise<void> {
    this.#pace = pace;
    return super.run({ quiet: pace !== 'watched' });
  }

  override run(): Promise<void> {
    this.#rest();
    return this.#walk('watched');
  }

  protected override changed(name: string): void {
    this.#stand().catch(() => {});
    if (!this.hasResult || !runtime.isOpen(this.model)) return;
    clearTimeout(this.#settle);
    if (name === 't') void this.#follow.ask('quick');
    this.#settle = setTimeout(this.#whole, name === 't' ? REST : 100);
  }

  protected override released(): void {
    if (this.hasResult && runtime.isOpen(this.model)) this.#whole();
  }

  #rest(): void {
    clearTimeout(this.#settle);
    this.#follow.drop();
  }

  #whole = (): void => {
    this.#rest();
    void this.#walk('whole');
  };

  // --- Frame -----------------------------------------------------------------------------------------

  protected override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    if (!this.real || this.phase === 'error') return;
    const paint = (canvas: HTMLCanvasElement | null, image: Uint8ClampedArray) => canvas && paintGrid(canvas, image, 1, ONE_IMAGE);
    paint(this.querySelector('.restore-real canvas'), toBytes(this.real));
    paint(this.querySelector('.restore-noised canvas'), toBytes(noisedTo(this.real, this.t, this.seed)));
    const { walks } = this;
    if (walks) this.querySelectorAll<HTMLCanvasElement>('.restore-walk canvas').forEach((canvas, i) => paint(canvas, walks.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS)));
  }

  protected override renderStart() {
    return fan(this.texts, false, nothing);
  }

  protected override renderStage(poster: Node[]) {
    const { hasResult, texts: t } = this;
    return html`
      ${fan(t, hasResult, hasResult ? nothing : this.renderActions())}
      ${hasResult ? driftBars(t, this.drift) : html`<div class="live-paper" aria-hidden="true">${poster}</div>`} ${this.slider('t')}
      ${hasResult ? this.renderActions(sheetButton(t)) : html`<div class="live-actions">${sheetButton(t)}</div>`}
    `;
  }

  protected override renderPanel() {
    return sheet(this.texts, this.renderControls(), texts().more, this.renderMore());
  }

  protected override renderControls() {
    const names = Object.fromEntries(this.classNames.map((name, i) => [String(i), name]));
    return html`
      ${this.control('label', names)}
      <div class="live-with-button">
        ${this.control('image')}
        <button type="button" class="live-tool" title=${this.texts.another} aria-label=${this.texts.another}
          @click=${() => this.setState('image', (this.image + 1) % 20)}>${icon('dice')}</button>
      </div>
    `;
  }

  protected override renderMore() {
    return html`${this.control('seed')} ${this.slider('steps', { max: 100 })}`;
  }

  protected override get runLabel(): string {
    return this.hasResult ? this.texts.again : this.texts.run;
  }

  protected override facts(): [string, string][] {
    if (!this.hasResult) return [];
    return [
      [this.texts.calls, String(this.#calls)],
      [this.texts.time, texts().seconds(this.#seconds.toFixed(2))],
    ];
  }
}

customElements.define('restore-or-new', RestoreOrNew);
