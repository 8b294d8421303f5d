/** <forward-process>: an image drowns in noise; scrub t, watch the pixels' histogram and the signal-to-noise ratio. */
import { paintGrid, toBytes } from '../draw.ts';
import { histogramPlot } from '../forward-histogram.ts';
import { decibel, moments, noised, snr, threeFigures, withoutShrink, type Mixture, type Process } from '../forward-maths.ts';
import { forwardTexts } from '../forward-texts.ts';
import { SCHEDULES, type ScheduleName } from '../noise.ts';
import { Pad, paintStrokes, type Stroke } from '../pad.ts';
import { canvasOf, fromFile, SIDE, toGray } from '../picture.ts';
import { IMAGE_SIZE, normalImages } from '../random.ts';
import { currentPage, formatBytes, html, icon, LiveElement, loadJson, nothing, stateProperties } from '../shared.ts';

interface Samples {
  /** base64 of uint8 [count, 28, 28]. */
  images: string;
  labels: number[];
  count: number;
}

const FILE = 'data/fashion-samples.json';
const PRESETS = [1000, 500, 200, 100];
const STRIP = 9;
const PAD_SIZE = 196;
const PEN_WIDTH = 0.085;
/** Seconds for one play through. */
const DURATION = 5;

class ForwardProcess extends LiveElement {
  static override properties = { ...stateProperties('forward-process'), playing: { state: true } };
  declare source: 'samples' | 'drawing' | 'picture';
  declare label: number;
  declare image: number;
  declare schedule: ScheduleName;
  declare timesteps: number;
  declare t: number;
  declare shrink: 'keep' | 'drop';
  declare seed: number;
  declare playing: boolean;

  #samples: Samples | undefined;
  #bytes = '';
  #picture: Float32Array | undefined;
  #strokes: Stroke[] = [];
  #pad: Pad | undefined;
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

  protected override changed(name: string): void {
    if (name !== 't') this.playing = false;
    void this.run(); // nothing is slow here: what the reader moves follows at once
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.playing = false;
    this.#pad?.detach();
    this.#pad = undefined;
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
    if (!this.#x0) this.message = this.source === 'picture' ? this.texts.noPicture : '';
    else if (this.t === 1) this.message = this.#verdict();
    this.requestUpdate();
  }

  async #chosen(signal: AbortSignal): Promise<Float32Array | undefined> {
    if (this.source === 'picture') return this.#picture;
    if (this.source === 'drawing') return this.#drawn();
    if (!this.#samples) {
      this.#samples = await loadJson<Samples>(FILE, { signal });
      this.#bytes = atob(this.#samples.images);
    }
    const ofLabel = this.#samples.labels.flatMap((label, i) => (label === this.label ? [i] : []));
    const first = ofLabel[this.image % ofLabel.length]! * IMAGE_SIZE;
    return Float32Array.from({ length: IMAGE_SIZE }, (_, i) => this.#bytes.charCodeAt(first + i) / 127.5 - 1);
  }

  /** White strokes on black, as in the data set. */
  #drawn(): Float32Array {
    const context = canvasOf(PAD_SIZE, PAD_SIZE);
    context.fillRect(0, 0, PAD_SIZE, PAD_SIZE);
    context.strokeStyle = '#fff';
    paintStrokes(context, this.#strokes, 0, 0, PAD_SIZE, PEN_WIDTH * PAD_SIZE);
    return toGray(context.getImageData(0, 0, PAD_SIZE, PAD_SIZE).data, PAD_SIZE, PAD_SIZE);
  }

  #verdict(): string {
    const { verdict } = this.texts;
    const { alpha, sigma } = this.mixture(this.timesteps);
    if (this.dropsShrink) return verdict.wide(sigma.toFixed(2));
    return alpha < 0.02 ? verdict.noise : verdict.signal(`${(100 * alpha).toFixed(1)} %`);
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
    this.#syncPad();
    if (!this.#x0) return;
    paintGrid(this.querySelector<HTMLCanvasElement>('.forward-image')!, toBytes(this.#noised(this.step)), 1, { columns: 1, size: SIDE, scale: 10, gap: 0 });
    const strip = new Uint8ClampedArray(STRIP * IMAGE_SIZE);
    for (let i = 0; i < STRIP; i++) strip.set(toBytes(this.#noised(Math.round((i * this.timesteps) / (STRIP - 1)))), i * IMAGE_SIZE);
    paintGrid(this.querySelector<HTMLCanvasElement>('.forward-strip canvas')!, strip, STRIP, { columns: STRIP, size: SIDE, scale: 3, gap: 8 });
  }

  /** The pad lives as long as its canvas is on the page. */
  #syncPad(): void {
    const canvas = this.querySelector<HTMLCanvasElement>('.forward-pad canvas');
    if (!canvas) {
      this.#pad?.detach();
      this.#pad = undefined;
      return;
    }
    this.#pad ??= new Pad(canvas, {
      square: () => {
        const box = canvas.getBoundingClientRect();
        return { left: box.left, top: box.top, size: box.width };
      },
      onChange: () => {
        this.#strokes = this.#pad!.strokes;
        this.#paintPad(canvas);
        void this.run();
      },
    });
    this.#pad.strokes = this.#strokes;
    this.#paintPad(canvas);
  }

  #paintPad(canvas: HTMLCanvasElement): void {
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#000';
    context.fillRect(0, 0, PAD_SIZE, PAD_SIZE);
    context.strokeStyle = '#fff';
    paintStrokes(context, this.#strokes, 0, 0, PAD_SIZE, PEN_WIDTH * PAD_SIZE);
    const cursor = this.#pad?.cursor;
    if (!cursor) return;
    context.strokeStyle = '#f7b955';
    context.lineWidth = 2;
    context.beginPath();
    context.arc(cursor.x * PAD_SIZE, cursor.y * PAD_SIZE, cursor.down ? 4 : 8, 0, 2 * Math.PI);
    context.stroke();
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
          <canvas width=${PAD_SIZE} height=${PAD_SIZE} role="application" tabindex="0" aria-label=${t.pad}></canvas>
          <button type="button" class="live-button" @click=${() => this.#pad?.clear()}>${t.wipe}</button>
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
    const entry = currentPage().files[FILE];
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
    const { facts } = this.texts;
    const now = this.mixture(this.step);
    const names = this.schedule === 'flow' ? ['α = 1−t', 'σ = t'] : this.dropsShrink ? ['α', '√Σβ'] : ['√ᾱ', '√(1−ᾱ)'];
    const rows: [string, string][] = [
      [facts.step, `${this.step} / ${this.timesteps}`],
      [`${names[0]} ${facts.alpha}`, threeFigures(now.alpha)],
      [`${names[1]} ${facts.sigma}`, threeFigures(now.sigma)],
      [this.schedule === 'flow' || this.dropsShrink ? 'α²' : facts.alphaBar, threeFigures(now.alpha ** 2)],
      [facts.snr, threeFigures(snr(now))],
      [facts.db, Number.isFinite(decibel(now)) ? minus(decibel(now), 1) : threeFigures(decibel(now))],
    ];
    if (this.#x0) {
      const { mean, std } = moments(this.#noised(this.step));
      rows.push([facts.moments, `${minus(mean)} / ${std.toFixed(2)}`]);
    }
    return rows;
  }
}

/** Fixed digits with a true minus sign. */
const minus = (value: number, digits = 2): string => value.toFixed(digits).replace('-', '−');

customElements.define('forward-process', ForwardProcess);
