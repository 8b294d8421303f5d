/**
 * <point-flow>: one character, written or drawn by the reader, and Gaussian noise that flows into it by the
 * exact score of the reader's own points. No model, no download.
 */
import { firstCharacter, latestCharacter } from '../../drawing/ink.ts';
import { Pad } from '../../drawing/pad.ts';
import { decodeStrokes, encodeStrokes, fitted } from '../../drawing/strokes.ts';
import { timeAt, type Trajectory } from './maths.ts';
import { prepareFlow, type Flow } from './source.ts';
import { FlowStage, PEN_WIDTH } from './stage.ts';
import { pointFlowTexts } from './texts.ts';
import { currentPage, elementSpec, html, icon, LiveElement, nextFrame, nothing, stateProperties } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

/** Seconds of the flow, and of the noise before it starts. */
const DURATION = 3.2;
const HOLD = 0.6;
/** Milliseconds of computing a frame: the whole flow takes some 150 ms, and most of a frame belongs to the page. */
const SLICE = 4;

class PointFlow extends LiveElement {
  static override spec = spec;
  static override properties = { ...stateProperties(spec), u: { state: true }, drawing: { state: true }, paused: { state: true } };
  declare text: string;
  /** What was drawn and is flowed into, as `strokes.ts` writes it; "" while it is a typed character. */
  declare strokes: string;
  declare seed: number;
  declare points: number;
  declare steps: number;
  declare t: number;
  declare view: 'x' | 'x0' | 'paths';
  /** The time shown in words, 1 = noise: two digits, so that the frame is not rendered anew for every picture. */
  declare u: number;
  /** The reader is writing in the square. */
  declare drawing: boolean;
  declare paused: boolean;

  /** The time of the picture. The attribute `t` follows when things come to rest. */
  #time = 1;
  #pad: Pad | undefined;
  #flow: Flow | undefined;
  readonly #stage = new FlowStage(this);
  #resize: ResizeObserver | undefined;
  /** The reader pressed play: that asks for motion even where the system asks for less. */
  #byReader = false;

  constructor() {
    super();
    this.u = 1;
    this.drawing = false;
    this.paused = false;
  }

  protected get texts() {
    return pointFlowTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.#flow !== undefined;
  }

  // --- Life ----------------------------------------------------------------------------------------

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    super.updated(changed);
    if (this.#resize || this.covered) return; // behind its question there is no canvas yet
    this.#resize = new ResizeObserver(() => this.#draw());
    this.#resize.observe(this.#canvas);
    void this.run();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#pad?.detach();
    this.#pad = undefined;
    this.drawing = false;
  }

  protected override themeChanged(): void {
    this.#stage.forgetColours();
    this.#draw();
  }

  get #canvas(): HTMLCanvasElement {
    return this.querySelector('canvas')!;
  }

  protected override changed(name: string): void {
    if (name === 'view') return this.#draw();
    if (name === 't') return this.#scrub(this.t);
    if (name === 'text') this.setQuietly('strokes', '');
    this.#flow = undefined;
    this.t = 0;
    this.runSoon(name === 'text' ? 0 : 250);
  }

  /** The drawing; undefined if there is none, or a link brought nonsense. */
  get #drawn() {
    return (this.strokes && decodeStrokes(this.strokes)) || undefined;
  }

  // --- The flow --------------------------------------------------------------------------------------

  protected override async execute(signal: AbortSignal): Promise<void> {
    const t = this.texts;
    this.paused = false;
    this.message = '';
    await nextFrame(); // the canvas has its size, the observer has spoken
    await this.breathe(signal);
    if (!this.#flow) {
      const character = firstCharacter(this.text) || this.spec.state['text']!.default.toString();
      this.#flow = await prepareFlow(this.#drawn ?? character, this, () => this.breathe(signal));
      this.#stage.forgetTouch();
    }
    if (!this.#flow) {
      this.message = this.#drawn ? t.empty : t.noInk;
      this.#draw();
      return;
    }
    const { trajectory } = this.#flow;
    const still = (this.calm && !this.#byReader) || this.t > 0;
    const end = this.t;
    if (still) {
      while (!trajectory.advance(2 * SLICE)) await this.breathe(signal);
      this.#show(end);
      if (end === 0) this.message = t.done(trajectory.count, trajectory.cloud.count);
      return;
    }
    this.message = t.flowing;
    await this.#play(trajectory, signal);
    this.t = 0;
    this.#byReader = false;
    this.message = t.done(trajectory.count, trajectory.cloud.count);
  }

  /** Let the clock run from noise to data; it waits for the computation, for the reader, and off screen. */
  async #play(trajectory: Trajectory, signal: AbortSignal): Promise<void> {
    let clock = -HOLD;
    let last = performance.now();
    this.#show(1);
    while (clock < DURATION) {
      await this.breathe(signal);
      const now = performance.now();
      const passed = Math.min(0.05, (now - last) / 1000); // no leap after a pause
      last = now;
      trajectory.advance(SLICE);
      if (this.paused || this.drawing) continue;
      const next = timeAt(Math.max(0, clock + passed) / DURATION);
      if (next < trajectory.times[trajectory.done]!) continue;
      clock += passed;
      this.#show(next);
    }
    this.#show(0);
  }

  #show(u: number): void {
    this.#time = u;
    this.u = Math.round(100 * u) / 100;
    this.#draw();
  }

  #scrub(t: number): void {
    if (this.busy) this.cancel();
    this.message = '';
    this.#show(t);
  }

  // --- Drawing ---------------------------------------------------------------------------------------

  #draw(): void {
    if (!this.hasUpdated) return;
    if (this.drawing) return this.#stage.drawPad(this.#canvas, this.#pad);
    const moving = this.phase === 'running' && !this.paused;
    const scene = this.#flow && { ...this.#flow, time: this.#time, view: this.view, moving };
    this.#stage.draw(this.#canvas, scene);
  }

  #touch = (event: PointerEvent): void => {
    if (this.drawing || !this.#flow) return;
    if (this.#stage.touch(this.#canvas, event.clientX, event.clientY)) this.#draw();
  };

  #leave = (): void => {
    if (this.#stage.forgetTouch()) this.#draw();
  };

  // --- Writing ---------------------------------------------------------------------------------------

  #startDrawing = async (): Promise<void> => {
    this.cancel();
    this.drawing = true;
    this.message = '';
    await this.updateComplete;
    const canvas = this.#canvas;
    this.#pad = new Pad(canvas, { square: () => this.#stage.square(canvas), onChange: () => this.#draw() });
    this.#pad.strokes = this.#drawn ?? [];
    canvas.focus({ preventScroll: true });
    this.#draw();
  };

  #endDrawing(keep: boolean): void {
    const strokes = this.#pad?.strokes ?? [];
    if (keep && strokes.length === 0) {
      this.message = this.texts.empty;
      return;
    }
    this.#pad?.detach();
    this.#pad = undefined;
    this.drawing = false;
    if (!keep) return this.#show(this.#time);
    this.setQuietly('strokes', encodeStrokes(fitted(strokes, PEN_WIDTH / 2))); // what is written beside the square belongs to it
    this.#flow = undefined;
    this.t = 0;
    void this.run();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.live-primary')?.focus({ preventScroll: true }));
  }

  #keyOnCanvas = (event: KeyboardEvent): void => {
    if (!this.drawing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault(); // or the same press would work the button that gets the focus next
    this.#endDrawing(event.key === 'Enter');
  };

  /** While an input method composes, the box holds letters that are not yet the character. */
  #type = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    if ((event as InputEvent).isComposing) return;
    const latest = latestCharacter(input.value, this.text);
    if (!latest) return;
    input.value = latest;
    if (this.drawing) this.#endDrawing(false);
    if (this.strokes && latest === this.text) this.changed('text');
    this.setState('text', latest);
  };

  #playOrPause = (): void => {
    if (this.busy && !this.paused) {
      this.paused = true;
      this.message = '';
    } else if (this.busy) {
      this.paused = false;
      this.message = this.texts.flowing;
    } else {
      this.t = 0;
      this.#byReader = true;
      void this.run();
    }
  };

  // --- Frame -----------------------------------------------------------------------------------------

  protected override renderStage(poster: Node[]) {
    const t = this.texts;
    const what = this.#drawn ? t.strokes : t.glyph(firstCharacter(this.text));
    const label = this.drawing ? t.pad : t.stage(this.points, what, this.u.toFixed(2));
    return html`
      <div class="flow-stage">
        ${this.hasResult || poster.length === 0 ? nothing : poster}
        <canvas role=${this.drawing ? 'application' : 'img'} aria-label=${label} tabindex=${this.drawing ? 0 : nothing} ?data-drawing=${this.drawing}
          @pointermove=${this.#touch} @pointerdown=${this.#touch} @pointerleave=${this.#leave} @keydown=${this.#keyOnCanvas}></canvas>
        <span class="flow-clock" aria-hidden="true" ?hidden=${this.drawing}>t = ${this.u.toFixed(2)}</span>
      </div>
    `;
  }

  protected override renderControls() {
    const t = this.texts;
    const spoken = `t = ${this.u.toFixed(2)}`;
    return html`
      <div class="flow-time">
        <span aria-hidden="true">${t.noise}</span>
        <input type="range" min="0" max="1" step="0.01" aria-label=${t.time} aria-valuetext=${spoken} ?disabled=${this.drawing} .value=${String(1 - this.u)}
          @input=${(event: Event) => {
            const u = Math.round((1 - (event.target as HTMLInputElement).valueAsNumber) * 100) / 100;
            if (u === this.t) this.#scrub(u);
            else this.setState('t', u);
          }} />
        <span aria-hidden="true">${t.data}</span>
      </div>
    `;
  }

  protected override renderActions() {
    const t = this.texts;
    if (this.drawing) {
      return html`
        <div class="live-actions">
          <button type="button" class="live-button live-primary" @click=${() => this.#endDrawing(true)}>${t.flow}</button>
          <button type="button" class="live-button" @click=${() => this.#pad?.clear()}>${t.clear}</button>
          <button type="button" class="live-button" @click=${() => this.#endDrawing(false)}>${t.back}</button>
        </div>
      `;
    }
    const play = this.busy ? (this.paused ? t.resume : t.pause) : this.hasResult && this.u < 1 ? t.replay : t.play;
    return html`
      <div class="live-actions">
        <label class="flow-character"><span>${t.character}</span>
          <input type="text" size="2" maxlength="16" autocomplete="off" autocapitalize="off" spellcheck="false" .value=${this.#drawn ? '' : firstCharacter(this.text)}
            @input=${this.#type} @compositionend=${this.#type} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
        </label>
        <button type="button" class="live-button" @click=${this.#startDrawing}>${t.draw}</button>
        <button type="button" class="live-button live-primary" @click=${this.#playOrPause}>${play}</button>
      </div>
    `;
  }

  protected override renderMore() {
    const t = this.texts;
    return html`
      ${this.segments('view')}
      <div class="flow-numbers">
        ${this.control('points')} ${this.control('steps')} ${this.control('seed')}
        <button type="button" class="live-button" aria-label=${t.another} title=${t.another} @click=${() => this.setState('seed', (this.seed + 1) % 1e6)}>${icon('dice')}</button>
      </div>
      <p class="flow-hint">${t.hint}</p>
    `;
  }

  protected override facts(): [string, string][] {
    const { facts } = this.texts;
    const ink = this.#flow ? String(this.#flow.trajectory.cloud.count) : '–';
    return [
      [facts.points, String(this.points)],
      [facts.ink, ink],
      [facts.steps, String(this.steps)],
      [facts.parameters, facts.none],
    ];
  }
}

customElements.define('point-flow', PointFlow);
