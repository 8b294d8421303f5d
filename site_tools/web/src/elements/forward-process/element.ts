/** <forward-process>: an image drowns in noise; scrub t, watch the pixels' histogram and the signal-to-noise ratio. */
import { paintGrid, toBytes } from '../../images/grid.ts';
import { BOARD_SIZE, DrawingPad } from '../../drawing/board.ts';
import { factRows, minus } from './facts.ts';
import { histogramPlot } from './histogram.ts';
import { moments, noised, threeFigures, withoutShrink, type Mixture, type Process } from './maths.ts';
import { forwardTexts } from './texts.ts';
import { SCHEDULES, type ScheduleName } from '../../maths/noise.ts';
import { fromFile } from '../../images/picture.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../../maths/image-size.ts';
import { normalImages } from '../../maths/random.ts';
import { Samples } from '../../images/samples.ts';
import { currentPage, elementSpec, formatBytes, html, icon, LiveElement, nothing, stateProperties } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared, { schedules: SCHEDULES });

const PRESETS = [1000, 500, 200, 100];
const STRIP = 9;
/** Seconds for one play through. */
const DURATION = 5;

class ForwardProcess extends LiveElement {
  static override spec = spec;
  static override properties = { ...stateProperties(spec), playing: { state: true } };
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

  #samples: Samples | undefined;
  #picture: Float32Array | undefined;
  readonly #board = new DrawingPad(() => {
    this.setQuietly('strokes', this.#board.text);
    void this.run();
  });
  #x0: Float32Array | undefined;
  #eps: { seed: number; values: Float32Array } | undefined;
  #process: { key: string; value: Process } | undefined;

  constructor() {
    super();
    this.playing = false;
  }

  protected get texts() {
    return forwardTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.#x0 !== undefined;
  }

  override get outcome(): string {
    return this.message; // what the end of the way is like, if it was reached
  }

  protected override firstUpdated(): void {
    this.#board.text = this.strokes;
    if (this.source === 'drawing' && !this.#board.empty && !this.covered) void this.run(); // a link brought it
  }

  protected override changed(name: string): void {
    if (name !== 't') this.playing = false;
    if (name === 'strokes') this.#board.text = this.strokes;
    void this.run(); // nothing is slow here: what the reader moves follows at once
  }

  protected override get notInLink(): string {
    return this.source === 'picture' ? this.texts.notInLink : '';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.playing = false;
    this.#board.follow(null);
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
    return noised(this.#x0!, this.#eps.values, this.mixture(k));
  }

  // --- The image -------------------------------------------------------------------------------------

  protected override async execute(signal: AbortSignal): Promise<void> {
    this.message = '';
    this.#x0 = await this.#chosen(signal);
    if (!this.#x0) this.message = this.texts.noPicture;
    else if (this.source === 'drawing' && this.#board.empty) this.message = this.texts.noDrawing;
    else if (this.t === 1) this.message = this.#verdict();
    this.requestUpdate();
  }

  async #chosen(signal: AbortSignal): Promise<Float32Array | undefined> {
    if (this.source === 'picture') return this.#picture;
    if (this.source === 'drawing') return this.#board.image();
    this.#samples ??= await Samples.load(signal);
    return this.#samples.image(this.label, this.image);
  }

  #verdict(): string {
    const { verdict } = this.texts;
    const { alpha, sigma } = this.mixture(this.timesteps);
    if (this.dropsShrink) return verdict.wide(sigma.toFixed(2));
    return alpha < 0.02 ? verdict.noise : verdict.signal(threeFigures(alpha), `${threeFigures(100 * alpha ** 2)}%`);
  }

  #readFile = async (event: Event): Promise<void> => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (!file) return;
    try {
      this.#picture = await fromFile(file);
    } catch {
      this.message = this.texts.unreadable;
      return;
    }
    await this.run();
  };

  // --- Time ------------------------------------------------------------------------------------------

  #play = async (): Promise<void> => {
    if (this.playing) {
      this.playing = false;
      return;
    }
    if (!this.#x0) await this.run();
    if (!this.#x0) return;
    this.playing = true;
    this.message = '';
    const start = this.t >= 1 ? 0 : this.t;
    let clock = start * DURATION;
    let last = performance.now();
    const stop = new AbortController();
    while (this.playing && this.isConnected && clock < DURATION) {
      await this.breathe(stop.signal);
      const now = performance.now();
      clock += Math.min(0.05, (now - last) / 1000);
      last = now;
      // Along whole timesteps, so that picture and numbers belong together.
      this.t = Math.round(Math.min(1, clock / DURATION) * this.timesteps) / this.timesteps;
    }
    if (!this.playing) return;
    this.playing = false;
    this.message = this.#verdict();
  };

  #scrub = (event: Event): void => {
    this.playing = false;
    this.setState('t', (event.target as HTMLInputElement).valueAsNumber);
  };

  #jump = (event: MouseEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const column = Math.min(STRIP - 1, Math.floor(((event.clientX - box.left) / box.width) * STRIP));
    this.playing = false;
    this.setState('t', column / (STRIP - 1));
  };

  // --- Frame -----------------------------------------------------------------------------------------

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    super.updated(changed);
    this.#board.follow(this.querySelector<HTMLCanvasElement>('.forward-pad canvas'));
    if (!this.#x0) return;
    paintGrid(this.querySelector<HTMLCanvasElement>('.forward-image')!, toBytes(this.#noised(this.step)), 1, { columns: 1, size: IMAGE_SIZE, scale: 10, gap: 0 });
    const strip = new Uint8ClampedArray(STRIP * IMAGE_PIXELS);
    for (let i = 0; i < STRIP; i++) strip.set(toBytes(this.#noised(Math.round((i * this.timesteps) / (STRIP - 1)))), i * IMAGE_PIXELS);
    paintGrid(this.querySelector<HTMLCanvasElement>('.forward-strip canvas')!, strip, STRIP, { columns: STRIP, size: IMAGE_SIZE, scale: 3, gap: 8 });
  }

  protected override renderStage(poster: Node[]) {
    if (!this.#x0) return html`${poster}`;
    const t = this.texts;
    const x = this.#noised(this.step);
    const { mean, std } = moments(x);
    const source = this.source === 'samples' ? t.classes[this.label] : t.values['source']![this.source];
    return html`
      <div class="forward-stage">
        <canvas class="forward-image" role="img" aria-label=${t.image(String(source), this.step, this.timesteps, std.toFixed(2))}></canvas>
        ${histogramPlot(x, this.process.sigma[this.timesteps]!, { title: t.histogram(minus(mean), std.toFixed(2)), bars: t.bars, curve: t.curve })}
        <div class="forward-strip">
          <canvas role="img" aria-label=${t.strip(this.timesteps)} @click=${this.#jump}></canvas>
        </div>
      </div>
    `;
  }

  protected override renderControls() {
    const t = this.texts;
    const k = this.step;
    return html`
      <div class="forward-time">
        <span>${t.labels['t']} = <output>${this.t.toFixed(2)}</output></span>
        ${this.#renderPlay()}
        <input type="range" min="0" max="1" step="0.01" aria-label=${t.labels['t']!} .value=${String(this.t)} aria-valuetext=${`t = ${this.t.toFixed(2)}, k = ${k}`} @input=${this.#scrub} />
      </div>
      ${this.segments('schedule')} ${this.#renderTimesteps()} ${this.segments('source')} ${this.#renderSource()}
    `;
  }

  #renderTimesteps() {
    const group = `${this.demoId || this.localName}-preset`;
    return html`
      <fieldset class="live-segments">
        <legend>${this.texts.labels['timesteps']}</legend>
        ${PRESETS.map(
          (count) => html`
            <label><input type="radio" name=${group} value=${count} .checked=${count === this.timesteps} @change=${() => this.setState('timesteps', count)} /><span>${count}</span></label>
          `,
        )}
      </fieldset>
    `;
  }

  #renderSource() {
    const t = this.texts;
    if (this.source === 'drawing') {
      return html`
        <div class="forward-pad">
          <canvas width=${BOARD_SIZE} height=${BOARD_SIZE} role="application" tabindex="0" aria-label=${t.pad}></canvas>
          <button type="button" class="live-button" @click=${() => this.#board.clear()}>${t.wipe}</button>
        </div>
      `;
    }
    if (this.source === 'picture') {
      return html`
        <label class="forward-file"><span>${t.choose}</span><input type="file" accept="image/*" @change=${this.#readFile} /></label>
        <p class="forward-note">${t.private}</p>
      `;
    }
    return html`
      <div class="forward-pick">
        <label class="live-field"><span>${t.labels['label']}</span>
          <select @change=${(event: Event) => this.setState('label', Number((event.target as HTMLSelectElement).value))}>
            ${t.classes.map((name, i) => html`<option value=${i} .selected=${i === this.label}>${name}</option>`)}
          </select>
        </label>
        ${this.control('image')}
      </div>
    `;
  }

  /** It stands beside the time it moves, so there are no further actions. */
  #renderPlay() {
    const t = this.texts;
    const entry = currentPage().files[Samples.FILE];
    if (this.hasResult || this.source !== 'samples') {
      return html`<button type="button" class="live-button live-primary" ?disabled=${!this.hasResult} @click=${this.#play}>${this.playing ? t.pause : t.play}</button>`;
    }
    return html`
      <button type="button" class="live-button live-primary" @click=${this.run}>${t.run}</button>
      ${entry ? html`<small class="live-cost">${t.sample(formatBytes(entry.gzip ?? entry.bytes))}</small>` : nothing}
    `;
  }

  protected override renderActions() {
    return html``;
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

  protected override facts(): [string, string][] {
    const family = this.schedule === 'flow' ? 'flow' : this.dropsShrink ? 'unshrunk' : 'preserving';
    return factRows(this.texts.facts, family, this.step, this.timesteps, this.mixture(this.step), this.#x0 && this.#noised(this.step));
  }
}

customElements.define('forward-process', ForwardProcess);
