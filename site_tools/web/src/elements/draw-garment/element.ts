/** <draw-garment>: the reader's outline, noised up to t with four different noises, and denoised into four garments (SDEdit, arXiv 2108.01073). */
import { BOARD_SIZE, DrawingPad } from '../../drawing/board.ts';
import { followKeys } from '../../frame/beamer.ts';
import { paintGrid, toBytes } from '../../images/grid.ts';
import { makeDenoise } from '../../maths/guidance.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../../maths/image-size.ts';
import { flowSchedule } from '../../maths/noise.ts';
import { normalImages } from '../../maths/random.ts';
import { DEFAULT_SAMPLER, SAMPLERS } from '../../maths/samplers.ts';
import { classNames } from '../../runtime/manifest.ts';
import { networkFacts, networkOf } from '../../runtime/network.ts';
import { drawTexts } from './texts.ts';
import { currentPage, elementSpec, html, ModelElement, nothing, runtime, stateProperties, texts } from '../../shared.ts';
import type { Session } from '../../runtime/runtime.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

const COUNT = 4;
/** Steps of a walk while the hand still moves. */
const QUICK = 6;
/** How far an arrow key moves the noise on full screen. */
const KEY_STEP = 0.05;
const ONE_IMAGE = { columns: 1, size: IMAGE_SIZE, scale: 4, gap: 0 };

class DrawGarment extends ModelElement {
  static override get spec() {
    return spec;
  }
  static override get properties() {
    return { ...stateProperties(spec), cells: { state: true }, classNames: { state: true } };
  }
  /** What is drawn, as `strokes.ts` writes it. */
  declare strokes: string;
  declare label: string;
  declare t: number;
  declare seed: number;
  declare steps: number;
  /** The four garments; empty before the first run. */
  declare cells: Uint8ClampedArray[];
  declare classNames: string[];
  /** The hand has moved since the last walk began. */
  #moved = false;
  readonly #schedule = flowSchedule();
  #calls = 0;
  #seconds = 0;
  #endKeys = (): void => {};
  readonly #board = new DrawingPad(() => {
    this.setQuietly('strokes', this.#board.text);
    this.#follow();
  }, true);

  constructor() {
    super();
    this.cells = [];
    this.classNames = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#endKeys = followKeys(this, {
      play: () => this.querySelector<HTMLElement>('.live-primary')!.click(),
      step: (by) => this.setState('t', this.t + by * KEY_STEP),
    });
    this.#board.text = this.strokes;
    runtime.manifest(this.model).then(
      (manifest) => (this.classNames = classNames(manifest, currentPage().lang)),
      () => {},
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#endKeys();
    this.#board.follow(null);
  }

  protected get texts() {
    return drawTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.cells.length > 0;
  }

  protected override changed(name: string): void {
    if (name === 'strokes') this.#board.text = this.strokes;
    this.#follow();
  }

  /**
   * What the reader draws or drags is answered at once, as soon as the model is there. A run under way is not thrown
   * away for it, or nothing would be seen until the hand rests: it goes on from where the hand is by then.
   */
  #follow(): void {
    this.requestUpdate(); // the noise over the drawing needs no model
    if (!runtime.isOpen(this.model) || this.#board.empty) return;
    this.#moved = true;
    if (!this.busy) void this.run();
  }

  protected override async execute(signal: AbortSignal): Promise<void> {
    if (this.#board.empty) {
      this.message = this.texts.empty;
      return;
    }
    const session = await this.openModel(signal);
    const full = Math.max(1, Math.round(this.steps * this.t));
    do {
      const quick = this.#moved;
      this.#moved = false;
      await this.#make(session, quick ? Math.min(QUICK, full) : full, signal);
      if (!quick && !this.#moved) break;
      await this.untilVisible(signal);
    } while (true);
    this.message = this.texts.done;
  }

  /** Four garments in so many steps; given up when the hand moves on during many. */
  async #make(session: Session, numSteps: number, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const start = this.#noised(COUNT);
    const facts = networkFacts(session);
    const label = this.label === 'any' ? facts.unconditional : Number(this.label);
    const { net, meter } = networkOf(session, COUNT, signal);
    const denoise = makeDenoise(net, new Array<number>(COUNT).fill(label), 1, facts);
    const first = !this.hasResult && !this.calm;
    const stepNoise = (step: number) => normalImages(this.seed, step, COUNT);
    const states = SAMPLERS[DEFAULT_SAMPLER].states(denoise, this.#schedule.upTo(this.#k), start, numSteps, { stepNoise });
    for await (const { step, x, x0Hat } of states) {
      signal.throwIfAborted();
      if (step === numSteps) this.#show(x);
      else if (x0Hat && first) this.#show(x0Hat); // the guess, which is a picture from the first call on
      if (this.#moved && numSteps > QUICK) return;
      await this.untilVisible(signal);
    }
    this.#calls = meter.nfe;
    this.#seconds = (performance.now() - started) / 1000;
  }

  #show(made: Float32Array): void {
    this.cells = Array.from({ length: COUNT }, (_, i) => toBytes(made.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS)));
  }

  /** The schedule's step that t falls on. */
  get #k(): number {
    return Math.round(this.t * this.#schedule.numTimesteps);
  }

  /** The drawing under the first `count` noises of the seed. */
  #noised(count: number): Float32Array {
    const [alpha, sigma] = [this.#schedule.alpha[this.#k]!, this.#schedule.sigma[this.#k]!];
    const drawn = this.#board.image();
    return normalImages(this.seed, 0, count).map((eps, i) => alpha * drawn[i % IMAGE_PIXELS]! + sigma * eps);
  }

  protected override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    this.#board.follow(this.querySelector<HTMLCanvasElement>('.draw-board canvas'));
    const noised = this.querySelector<HTMLCanvasElement>('.draw-noised canvas');
    if (noised) paintGrid(noised, toBytes(this.#noised(1)), 1, ONE_IMAGE);
    if (changed.has('cells')) this.querySelectorAll<HTMLCanvasElement>('.draw-cells canvas').forEach((canvas, i) => paintGrid(canvas, this.cells[i]!, 1, ONE_IMAGE));
  }

  protected override renderStage(poster: Node[]) {
    const t = this.texts;
    const garments = this.hasResult
      ? this.cells.map((_, i) => html`<canvas role="img" aria-label=${t.made(i + 1)}></canvas>`)
      : Array.from({ length: COUNT }, () => html`<span aria-hidden="true">?</span>`);
    return html`
      <div class="draw-stage">
        <div class="draw-board">
          <canvas width=${BOARD_SIZE} height=${BOARD_SIZE} tabindex="0" role="application" aria-label=${t.pad}></canvas>
          <button type="button" class="live-button" @click=${() => this.#board.clear()}>${t.wipe}</button>
        </div>
        <div class="draw-noised"><canvas role="img" aria-label=${t.noised}></canvas><span aria-hidden="true">${t.noised}</span></div>
        <div class="draw-cells">${garments}</div>
        ${this.hasResult ? nothing : html`<div class="live-paper" aria-hidden="true">${poster}</div>`}
      </div>
    `;
  }

  protected override renderControls() {
    const t = this.texts;
    const names = { any: t.any, ...Object.fromEntries(this.classNames.map((name, i) => [String(i), name])) };
    return html`${this.slider('t')} <div class="draw-ends" aria-hidden="true"><span>${t.faithful}</span><span>${t.free}</span></div> ${this.control('label', names)}`;
  }


  protected override renderMore() {
    return html`${this.control('seed')} ${this.slider('steps')}`;
  }

  protected override get runLabel(): string {
    return this.hasResult ? this.texts.another : this.texts.run;
  }

  protected override facts(): [string, string][] {
    if (!this.hasResult) return [];
    return [
      [this.texts.nfe, String(this.#calls)],
      [this.texts.time, texts().seconds(this.#seconds.toFixed(2))],
    ];
  }
}

customElements.define('draw-garment', DrawGarment);
