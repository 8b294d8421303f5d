/** <forward-process>: an image drowns in noise; scrub t, watch the pixels' histogram and the signal-to-noise ratio. */
import { followKeys } from '../../frame/beamer.ts';
import { goalChip } from '../../frame/goal.ts';
import { sheet, sheetButton } from '../../frame/sheet.ts';
import { DrawingPad } from '../../drawing/board.ts';
import { board, file, garment, presets } from './controls.ts';
import { factRows, minus } from './facts.ts';
import { histogramPlot } from './histogram.ts';
import { moments, noised, snr, threeFigures, withoutShrink, type Mixture, type Process } from './maths.ts';
import { paintFilm, paintPicture, picture, timeFilm } from './stage.ts';
import { forwardTexts } from './texts.ts';
import { SCHEDULES, type ScheduleName } from '../../maths/noise.ts';
import { fromFile } from '../../images/picture.ts';
import { RealImages } from '../../images/real.ts';
import { normalImages } from '../../maths/random.ts';
import { currentPage, elementSpec, html, icon, LiveElement, stateProperties, texts } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared, { schedules: SCHEDULES });

/** Seconds for one play through. */
const DURATION = 5;

class ForwardProcess extends LiveElement {
  static override get spec() {
    return spec;
  }
  static override get properties() {
    return { ...stateProperties(spec), playing: { state: true }, x0: { state: true } };
  }
  declare source: 'samples' | 'drawing' | 'picture';
  /** What is drawn on the board, as `strokes.ts` writes it. */
  declare strokes: string;
  declare label: number;
  declare image: number;
  declare schedule: ScheduleName;
  declare timesteps: number;
  declare t: number;
  declare shrink: 'keep' | 'drop';
  declare seed: number;
  declare playing: boolean;
  /** The image before any noise; undefined until it is there. */
  declare x0: Float32Array | undefined;

  readonly #images = new RealImages(() => this.poster, { label: declared.state.label.default, image: declared.state.image.default });
  #picture: Float32Array | undefined;
  readonly #board = new DrawingPad(() => {
    this.setQuietly('strokes', this.#board.text);
    void this.run();
  });
  #eps: { seed: number; values: Float32Array } | undefined;
  #process: { key: string; value: Process } | undefined;
  /** The way that the next run goes at the screen's pace; undefined if it only shows where t is. */
  #way: { from: number; to: number } | undefined;
  #endKeys = (): void => {};

  constructor() {
    super();
    this.playing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#endKeys = followKeys(this, { play: this.#play, step: (by) => this.#scrub(this.t + by / 20) });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#endKeys();
    this.#board.follow(null);
  }

  /** The picture is there at once: behind a question it stands still, else it runs. */
  protected override firstUpdated(): void {
    this.#board.text = this.strokes;
    if (this.covered) this.#chosen().then((x0) => (this.x0 ??= x0), () => {}); // the run will tell what is wrong
  }

  protected get texts() {
    return forwardTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.x0 !== undefined;
  }

  override get outcome(): string {
    return this.message; // what the end of the way is like
  }

  /** On a card the experiment walks from the image to where the author looks. */
  protected override answered(): void {
    this.#way = { from: this.calm ? this.t : 0, to: this.t };
    void this.run();
  }

  protected override changed(name: string): void {
    if (name === 'strokes') this.#board.text = this.strokes;
    if (name === 'source') void this.updateComplete.then(() => this.querySelector('.forward-pad, .forward-file')?.scrollIntoView({ block: 'nearest' })); // in a sheet
    void this.run(); // nothing is slow here: what the reader moves follows at once
  }

  protected override get notInLink(): string {
    return this.source === 'picture' ? this.texts.notInLink : '';
  }

  // --- Numbers ---------------------------------------------------------------------------------------

  /** The process chosen, kept until the choice changes: 1000 betas are not worth a computation a frame. */
  get process(): Process {
    const key = `${this.schedule} ${this.timesteps} ${this.dropsShrink}`;
    if (this.#process?.key !== key) {
      const schedule = SCHEDULES[this.schedule](this.timesteps);
      this.#process = { key, value: this.dropsShrink ? withoutShrink(schedule) : schedule };
    }
    return this.#process.value;
  }

  get dropsShrink(): boolean {
    return this.shrink === 'drop' && this.schedule !== 'flow';
  }

  get step(): number {
    return Math.round(this.t * this.timesteps);
  }

  mixture(k: number): Mixture {
    return { alpha: this.process.alpha[k]!, sigma: this.process.sigma[k]! };
  }

  #noised(k: number): Float32Array {
    if (this.#eps?.seed !== this.seed) this.#eps = { seed: this.seed, values: normalImages(this.seed, 0, 1) };
    return noised(this.x0!, this.#eps.values, this.mixture(k));
  }

  #verdict(): string {
    const { verdict } = this.texts;
    const { alpha, sigma } = this.mixture(this.step);
    if (this.t < 1) return verdict.midway(this.step, this.timesteps, threeFigures(snr({ alpha, sigma })));
    if (this.dropsShrink) return verdict.wide(sigma.toFixed(2));
    return alpha < 0.02 ? verdict.noise : verdict.signal(threeFigures(alpha), `${threeFigures(100 * alpha ** 2)}%`);
  }

  // --- Image and time --------------------------------------------------------------------------------

  protected override async execute(signal: AbortSignal): Promise<void> {
    const way = this.#way;
    this.#way = undefined;
    this.message = '';
    this.x0 = await this.#chosen(signal);
    if (this.x0 && way) await this.#walk(way, signal);
    if (!this.x0) this.message = this.texts.noPicture;
    else if (this.source === 'drawing' && this.#board.empty) this.message = this.texts.noDrawing;
    else if (way || this.t === 1) this.message = this.#verdict();
    this.requestUpdate();
  }

  async #chosen(signal?: AbortSignal): Promise<Float32Array | undefined> {
    if (this.source === 'picture') return this.#picture;
    if (this.source === 'drawing') return this.#board.image();
    return this.#images.image(this, signal);
  }

  /** Along whole timesteps, so that picture and numbers belong together. */
  async #walk({ from, to }: { from: number; to: number }, signal: AbortSignal): Promise<void> {
    this.playing = true;
    try {
      this.t = from;
      let [clock, last] = [from * DURATION, performance.now()];
      while (this.t < to) {
        await this.breathe(signal);
        const now = performance.now();
        clock += Math.min(0.05, (now - last) / 1000); // no leap after a pause
        last = now;
        this.t = clock >= to * DURATION ? to : Math.min(to, Math.round((clock / DURATION) * this.timesteps) / this.timesteps);
      }
    } finally {
      this.playing = false;
    }
  }

  #play = (): void => {
    if (this.playing) return this.cancel();
    this.#way = { from: this.t >= 1 ? 0 : this.t, to: 1 };
    void this.run();
  };

  #scrub = (t: number): void => {
    const held = Math.max(0, Math.min(1, t));
    if (held === this.t && this.playing) this.cancel();
    this.setState('t', held);
  };

  #readFile = async (chosen: File): Promise<void> => {
    try {
      this.#picture = await fromFile(chosen);
    } catch {
      this.message = this.texts.unreadable;
      return;
    }
    await this.run();
  };

  // --- Frame -----------------------------------------------------------------------------------------

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    super.updated(changed);
    this.#board.follow(this.querySelector<HTMLCanvasElement>('.forward-pad canvas'));
    if (!this.covered && this.phase === 'poster' && changed.has('covered')) void this.run();
    if (!this.x0 || this.phase === 'error') return;
    paintPicture(this.querySelector('.forward-image'), this.covered ? this.x0 : this.#noised(this.step));
    paintFilm(this.querySelector('.forward-film'), this.t, this.timesteps, (k) => this.#noised(k));
  }

  get #sourceName(): string {
    const t = this.texts;
    return this.source === 'samples' ? t.classes[this.label]! : t.values['source']![this.source]!;
  }

  protected override renderStart() {
    return picture(this.texts.start(this.#sourceName));
  }

  protected override renderStage(poster: Node[]) {
    const { texts: t, step, timesteps } = this;
    const film = timeFilm(
      { t: this.t, step, steps: timesteps, words: t, ready: this.x0 !== undefined, playing: this.playing, play: this.#play, scrub: this.#scrub },
      sheetButton(t),
    );
    if (!this.x0) return html`<div class="forward-stage">${poster}</div> ${film}`;
    const x = this.#noised(step);
    const { mean, std } = moments(x);
    return html`
      <div class="forward-stage">
        ${picture(t.image(this.#sourceName, step, timesteps, std.toFixed(2)))}
        ${histogramPlot(x, this.process.sigma[timesteps]!, { title: t.histogram(minus(mean), std.toFixed(2)), bars: t.bars, curve: t.curve })}
      </div>
      ${film} ${goalChip(this)}
    `;
  }

  protected override renderPanel() {
    return sheet(this.texts, this.renderControls(), texts().more, this.renderMore());
  }

  protected override renderControls() {
    const group = `${this.demoId || this.localName}-preset`;
    return html`
      ${this.segments('schedule')} ${presets(group, this.texts.labels['timesteps']!, this.timesteps, (count) => this.setState('timesteps', count))}
      ${this.segments('source')} ${this.#renderSource()}
    `;
  }

  #renderSource() {
    const t = this.texts;
    if (this.source === 'drawing') return board(t, () => this.#board.clear());
    if (this.source === 'picture') return file(t, this.#readFile);
    return garment(t, this.label, (label) => this.setState('label', label), this.control('image'));
  }

  protected override renderMore() {
    const t = this.texts;
    return html`
      ${this.schedule === 'flow' ? html`<p class="forward-note">${t.flowHasNoShrink}</p>` : this.segments('shrink')}
      <div class="forward-pick">
        ${this.control('timesteps')} ${this.control('seed')}
        <button type="button" class="live-button" aria-label=${t.another} title=${t.another} @click=${() => this.setState('seed', (this.seed + 1) % 1e6)}>${icon('dice')}</button>
      </div>
    `;
  }

  get #rows() {
    const family = this.schedule === 'flow' ? 'flow' : this.dropsShrink ? 'unshrunk' : 'preserving';
    return factRows(this.texts.facts, family, this.step, this.timesteps, this.mixture(this.step), this.x0 && this.#noised(this.step));
  }

  protected override facts(): [string, string][] {
    return this.#rows.shown;
  }

  protected override numbers(): [string, string][] {
    return this.#rows.folded;
  }
}

customElements.define('forward-process', ForwardProcess);
