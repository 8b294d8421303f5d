/** <reverse-process>: noise becomes images, one visible step after the other. */
import { IMAGE_GRID, paintGrid, toBytes } from '../../images/grid.ts';
import { makeDenoise } from '../../maths/guidance.ts';
import { modelBytes } from '../../runtime/manifest.ts';
import { imageShape, median, networkFacts, networkOf, type Meter } from '../../runtime/network.ts';
import { SCHEDULES, type ScheduleName } from '../../maths/noise.ts';
import { savePng } from '../../images/png.ts';
import { normalImages } from '../../maths/random.ts';
import { reverseTexts } from './texts.ts';
import { DEFAULT_SAMPLER, SAMPLERS, type SamplerName } from '../../maths/samplers.ts';
import { currentPage, elementSpec, formatBytes, html, icon, LiveElement, nothing, runtime, stateProperties, texts, turn, type Manifest } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared, { samplers: SAMPLERS, schedules: SCHEDULES }, { samplers: DEFAULT_SAMPLER });

const COUNT = 16;
/** Trajectories longer than this are thinned for looking back: 1000 steps would take 25 MB. */
const MOST_FRAMES = 120;
/** Longer runs than this wait for the button when a setting changes. */
const PATIENCE_MS = 5000;

/** One state as it is shown, in bytes. */
interface Frame {
  step: number;
  /** t = k / T, 1 = noise. */
  t: number;
  x: Uint8ClampedArray;
  x0: Uint8ClampedArray | null;
}

class ReverseProcess extends LiveElement {
  static override spec = spec;
  static override properties = { ...stateProperties(spec), shown: { state: true }, frames: { state: true }, manifest: { state: true } };
  declare label: string;
  declare seed: number;
  declare sampler: SamplerName;
  declare steps: number;
  declare eta: number;
  declare guidance: number;
  declare schedule: ScheduleName;
  declare path: number;
  declare view: 'x' | 'x0';
  declare frames: Frame[];
  /** Index of the frame on the canvas. */
  declare shown: number;
  /** From the model's manifest, a kilobyte that may come before the click. */
  declare manifest: Manifest | undefined;
  #meter: Meter | undefined;
  #seconds = 0;
  #msPerCall = 0;
  #replay = 0;

  constructor() {
    super();
    this.frames = [];
    this.shown = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    runtime.manifest(this.model).then(
      (manifest) => (this.manifest = manifest),
      () => {}, // the run will tell what is wrong
    );
  }

  protected get texts() {
    return reverseTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.frames.length > 0;
  }

  // --- Sampling --------------------------------------------------------------------------------------

  protected override async execute(signal: AbortSignal): Promise<void> {
    this.#replay++;
    this.stale = false;
    const manifest = (this.manifest = await runtime.manifest(this.model));
    const pixels = imageShape(manifest).reduce((a, b) => a * b);
    const classes = manifest.labels[currentPage().lang].length;
    const noise = await startNoise(this.seed, pixels); // while the model is on its way
    const session = await this.openModel(signal);
    const facts = networkFacts(session);
    const { steps, guidance } = this;
    const y = Array.from({ length: COUNT }, (_, i) =>
      this.label === 'mixed' ? i % classes : this.label === 'unconditional' ? facts.unconditional : Number(this.label),
    );
    const { net, meter } = networkOf(session, COUNT, signal);
    this.#meter = meter;
    this.#seconds = 0;
    const schedule = SCHEDULES[this.schedule]();
    const every = Math.ceil(steps / MOST_FRAMES);
    const frames: Frame[] = [];
    const start = performance.now();
    const pathSeed = this.seed + this.path; // at path 0 the same stream as in Python
    const options = { eta: this.eta, stepNoise: (step: number) => normalImages(pathSeed, step, COUNT, 0, pixels) };
    const denoise = makeDenoise(net, y, guidance, facts);
    for await (const state of SAMPLERS[this.sampler].states(denoise, schedule, noise, steps, options)) {
      signal.throwIfAborted();
      const last = state.step === steps;
      if (state.step % every === 0 || last) {
        frames.push({
          step: state.step,
          t: state.timestep / schedule.numTimesteps,
          x: toBytes(state.x),
          x0: state.x0Hat && toBytes(state.x0Hat),
        });
        this.frames = frames;
        if (!this.calm || last) this.shown = frames.length - 1;
      }
      await this.untilVisible(signal); // no waiting for a frame: the next call runs while this state is painted
    }
    this.#seconds = (performance.now() - start) / 1000;
    this.#msPerCall = (performance.now() - start) / meter.nfe;
    this.message = this.texts.done(COUNT, meter.nfe, this.#seconds.toFixed(1));
  }

  protected override changed(name: string): void {
    if (name === 'view' || !runtime.isOpen(this.model)) return;
    const calls = SAMPLERS[this.sampler].nfe(this.steps) * (this.guidance === 1 ? 1 : 2);
    if (this.#msPerCall * calls < PATIENCE_MS) this.runSoon(name === 'steps' || name === 'guidance' ? 400 : 150);
    else {
      this.stale = true;
      this.message = this.texts.stale;
    }
  }

  // --- Looking back ----------------------------------------------------------------------------------

  async #play(): Promise<void> {
    const replay = ++this.#replay;
    const pause = Math.min(120, 2400 / this.frames.length);
    for (let i = 0; i < this.frames.length && replay === this.#replay; i++) {
      this.shown = i;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  protected override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    if (!['frames', 'shown', 'view'].some((name) => changed.has(name))) return;
    const frame = this.frames[this.shown];
    if (!frame) return;
    const pixels = this.view === 'x' ? frame.x : (frame.x0 ?? this.frames[1]?.x0 ?? new Uint8ClampedArray(frame.x.length).fill(128));
    paintGrid(this.querySelector('canvas')!, pixels, COUNT, { ...IMAGE_GRID, size: Math.sqrt(pixels.length / COUNT) });
  }

  // --- Frame -----------------------------------------------------------------------------------------

  protected override renderStage(poster: Node[]) {
    const t = this.texts;
    const frame = this.frames[this.shown];
    const steps = this.frames.at(-1)?.step ?? 0;
    const name = t.values['view']![this.view]!;
    return html`
      <div class="live-picture">
        <div class="live-poster-slot" ?hidden=${this.hasResult}>${poster}</div>
        <canvas role="img" aria-label=${t.stage(name, COUNT, (frame?.t ?? 0).toFixed(2))} ?hidden=${!this.hasResult}></canvas>
      </div>
      <div class="live-transport">
        <button type="button" class="live-tool" ?disabled=${this.busy || !this.hasResult} @click=${this.#play} title=${t.play} aria-label=${t.play}>
          ${icon('play')}
        </button>
        <input type="range" aria-label=${t.scrub} aria-valuetext=${frame ? t.step(frame.step, steps) : ''} min="0" .max=${String(Math.max(1, this.frames.length - 1))}
          .value=${String(this.shown)} ?disabled=${this.busy || !this.hasResult}
          @input=${(event: Event) => {
            this.#replay++;
            this.shown = (event.target as HTMLInputElement).valueAsNumber;
          }} />
        <output class="live-numbers">t = ${(frame?.t ?? 0).toFixed(2)}</output>
        ${this.segments('view')}
      </div>
    `;
  }

  protected override renderControls() {
    const t = this.texts;
    return html`
      ${this.control('label', this.#labelNames())}
      <div class="live-with-button">
        ${this.control('seed')}
        <button type="button" class="live-tool" title=${texts().randomise} aria-label="${t.labels['seed']}：${texts().randomise}"
          @click=${() => this.setState('seed', (this.seed + 1) % 1_000_000)}>${icon('dice')}</button>
      </div>
      ${this.control('sampler', this.#samplerNames())} ${this.slider('steps', { max: 100 })}
    `;
  }

  protected override renderMore() {
    return html`${this.control('path')} ${SAMPLERS[this.sampler].eta ? this.slider('eta') : nothing} ${this.slider('guidance')} ${this.control('schedule')}`;
  }

  protected override renderActions() {
    const t = this.texts;
    if (!this.hasResult) return super.renderActions();
    return super.renderActions(html`
      <button type="button" class="live-button" @click=${() => this.setState('path', (this.path + 1) % 1_000_000)}>${t.samePath}</button>
      <button type="button" class="live-button" ?disabled=${this.busy} @click=${this.#save}>${icon('save')} ${texts().save}</button>
    `);
  }

  protected override facts(): [string, string][] {
    const t = this.texts;
    const { nfe, times } = this.#meter ?? { nfe: 0, times: [] };
    const none = '–';
    return [
      [t.calls, times.length ? t.nfe(nfe, times.length) : none],
      [t.time, this.#seconds ? texts().seconds(this.#seconds.toFixed(2)) : none],
      [t.perCall, times.length ? `${median(times).toFixed(0)} ms` : none],
      ...(this.manifest ? [[t.model, t.parameters(this.manifest.parameters, formatBytes(modelBytes(this.manifest)))] as [string, string]] : []),
    ];
  }

  #labelNames(): Record<string, string> {
    const t = this.texts;
    const names = Object.fromEntries((this.manifest?.labels[currentPage().lang] ?? []).map((name, i) => [String(i), name]));
    return { ...names, mixed: t.mixed, unconditional: t.unconditional };
  }

  #samplerNames(): Record<string, string> {
    return Object.fromEntries(Object.entries(SAMPLERS).map(([key, { name }]) => [key, name[currentPage().lang]]));
  }

  #save = async (): Promise<void> => {
    const settings = Object.entries({ model: this.model, ...this.state }).map(([name, value]) => `${name}=${value}`);
    const name = `${this.model}_${this.sampler}_${this.steps}steps_seed${this.seed}_class-${this.label}_g${this.guidance}.png`;
    await savePng(this.querySelector('canvas')!, name, settings.join(' '));
    this.message = texts().saved(name);
  };
}

/** The start noise, made a few images at a time: the first call, not yet compiled, would be a long task. */
async function startNoise(seed: number, pixels: number): Promise<Float32Array> {
  const noise = new Float32Array(COUNT * pixels);
  for (let first = 0; first < COUNT; first += 4) {
    noise.set(normalImages(seed, 0, 4, first, pixels), first * pixels);
    await turn();
  }
  return noise;
}

customElements.define('reverse-process', ReverseProcess);
