/** <restore-or-new>: noise a real garment up to t and walk back four times. Is it still the same one? */
import { paintGrid, toBytes } from '../../images/grid.ts';
import { makeDenoise } from '../../maths/guidance.ts';
import { networkFacts, networkOf } from '../../runtime/network.ts';
import { flowSchedule } from '../../maths/noise.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../../maths/image-size.ts';
import { normalImages } from '../../maths/random.ts';
import { restoreTexts } from './texts.ts';
import { ddpm } from '../../maths/samplers.ts';
import { Samples } from '../../images/samples.ts';
import { currentPage, elementSpec, html, icon, LiveElement, runtime, stateProperties } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

const WALKS = 4;
const ONE_IMAGE = { columns: 1, size: IMAGE_SIZE, scale: 4, gap: 0 };

class RestoreOrNew extends LiveElement {
  static override spec = spec;
  static override properties = { ...stateProperties(spec), cells: { state: true }, classNames: { state: true } };
  declare label: string;
  declare image: number;
  declare t: number;
  declare seed: number;
  declare steps: number;
  /** Real, noised, and the four walks; empty before the first run. */
  declare cells: Uint8ClampedArray[];
  declare classNames: string[];
  #facts: [string, string][] = [];

  constructor() {
    super();
    this.cells = [];
    this.classNames = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    runtime.manifest(this.model).then(
      ({ labels }) => (this.classNames = labels[currentPage().lang]),
      () => {},
    );
  }

  protected get texts() {
    return restoreTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.cells.length > 0;
  }

  override get outcome(): string {
    return this.message;
  }

  protected override async execute(signal: AbortSignal): Promise<void> {
    const samples = await Samples.load(signal);
    const schedule = flowSchedule();
    const k = Math.round(this.t * schedule.numTimesteps);
    const numSteps = Math.max(1, Math.round(this.steps * this.t));
    const [alpha, sigma] = [schedule.alpha[k]!, schedule.sigma[k]!];
    const real = samples.image(Number(this.label), this.image);
    const eps = normalImages(this.seed, 0, 1);
    const noised = real.map((value, i) => alpha * value + sigma * eps[i]!);
    const before = [toBytes(real), toBytes(noised)];
    this.cells = [...before, ...Array.from({ length: WALKS }, () => toBytes(noised))];
    this.#facts = [];

    const session = await this.openModel(signal);
    const { net } = networkOf(session, WALKS, signal);
    const denoise = makeDenoise(net, new Array<number>(WALKS).fill(Number(this.label)), 1, networkFacts(session));
    const start = new Float32Array(WALKS * IMAGE_PIXELS);
    for (let walk = 0; walk < WALKS; walk++) start.set(noised, walk * IMAGE_PIXELS);
    const stepNoise = (step: number) => normalImages(this.seed, step, WALKS); // fresh noise on the way tells the walks apart
    let x: Float32Array = start;
    for await (const state of ddpm(denoise, schedule.upTo(k), start, numSteps, { stepNoise })) {
      signal.throwIfAborted();
      x = state.x;
      if (!this.calm || state.step === numSteps) this.cells = [...before, ...walks(x).map(toBytes)];
      await this.untilVisible(signal);
    }
    const percent = (value: number) => this.texts.ofRange((50 * value).toFixed(1)); // of the range -1..1
    const difference = percent(mean(walks(x).map((walk) => meanDifference(walk, real))));
    const spread = percent(mean(pairs(walks(x)).map(([a, b]) => meanDifference(a, b))));
    this.#facts = [
      [this.texts.difference, difference],
      [this.texts.spread, spread],
    ];
    this.message = this.texts.done(difference, spread);
  }

  protected override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    if (!changed.has('cells')) return;
    this.querySelectorAll('canvas').forEach((canvas, i) => paintGrid(canvas, this.cells[i]!, 1, ONE_IMAGE));
  }

  protected override renderStage(poster: Node[]) {
    const t = this.texts;
    const names = [t.original, t.noised, ...Array.from({ length: WALKS }, (_, i) => t.restored(i + 1))];
    return html`
      <div class="live-picture">
        <div class="live-poster-slot" ?hidden=${this.hasResult}>${poster}</div>
        <div class="live-cells" ?hidden=${!this.hasResult}>
          ${this.cells.map((_, i) => html`<div class="live-cell"><canvas role="img" aria-label=${names[i]!}></canvas><span>${names[i]}</span></div>`)}
        </div>
      </div>
    `;
  }

  protected override renderControls() {
    const names = Object.fromEntries(this.classNames.map((name, i) => [String(i), name]));
    return html`
      ${this.slider('t')} ${this.control('label', names)}
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
    return this.texts.run;
  }

  protected override changed(): void {
    if (runtime.isOpen(this.model)) this.runSoon();
  }

  protected override facts(): [string, string][] {
    return this.#facts;
  }
}

const walks = (x: Float32Array): Float32Array[] =>
  Array.from({ length: WALKS }, (_, i) => x.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS));
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const clip = (value: number): number => Math.max(-1, Math.min(1, value));
const meanDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(clip(value) - clip(b[i]!)), 0) / a.length;
const pairs = <T>(items: T[]): [T, T][] => items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));

customElements.define('restore-or-new', RestoreOrNew);
