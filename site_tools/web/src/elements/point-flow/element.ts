/**
 * <point-flow>: characters, typed or drawn by the reader, and Gaussian noise that flows into them in turn by the
 * exact score of the reader's own points. No model, no download.
 */
import { followKeys } from '../../frame/beamer.ts';
import type { Fact } from '../../frame/frame.ts';
import { goalChip } from '../../frame/goal.ts';
import { characterField, padButtons, timeSlider, turnButtons } from './controls.ts';
import { prepareFlow } from './source.ts';
import { FlowStage } from './stage.ts';
import { saveStill } from './still.ts';
import { pointFlowTexts } from './texts.ts';
import { Turns } from './turns.ts';
import { drawnIn, targetsOf, typedTurns, WritingSquare } from './writing.ts';
import { currentPage, elementSpec, html, icon, LiveElement, nextFrame, nothing, stateProperties, texts } from '../../shared.ts';
import { stateLink } from '../../frame/state.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

class PointFlow extends LiveElement {
  static override get spec() {
    return spec;
  }
  static override get properties() {
    return { ...stateProperties(spec), u: { state: true }, at: { state: true }, drawing: { state: true }, paused: { state: true } };
  }
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
  /** Which of the targets is on the canvas. */
  declare at: number;
  /** The reader is writing in the square. */
  declare drawing: boolean;
  declare paused: boolean;

  /** The time of the picture. The attribute `t` follows when things come to rest. */
  #time = 1;
  readonly #square = new WritingSquare();
  readonly #turns = new Turns();
  /** Numbers of the targets of the next run; undefined for all of them. */
  #next: number[] | undefined;
  readonly #stage = new FlowStage(this);
  #resize: ResizeObserver | undefined;
  /** The reader pressed play: that asks for motion even where the system asks for less. */
  #byReader = false;
  #endKeys: () => void = () => {};

  constructor() {
    super();
    this.u = 1;
    this.at = 0;
    this.drawing = false;
    this.paused = false;
  }

  protected get texts() {
    return pointFlowTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.#turns.flow !== undefined;
  }

  // --- Life ----------------------------------------------------------------------------------------

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    super.updated(changed);
    if (this.#resize || this.covered) return; // behind its question there is no canvas yet
    this.#resize = new ResizeObserver(() => this.#draw());
    this.#resize.observe(this.#canvas);
    void this.run();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#endKeys = followKeys(this, { play: this.#playOrPause, step: (by) => this.#step(by) });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#endKeys();
    this.#square.close();
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
    this.#turns.forget();
    this.t = 0;
    this.runSoon(250);
  }

  get #drawn() {
    return drawnIn(this.strokes);
  }

  get #targets(): string[] {
    return targetsOf(this.strokes, this.text, String(this.spec.state['text']!.default));
  }

  // --- The flow --------------------------------------------------------------------------------------

  protected override async execute(signal: AbortSignal): Promise<void> {
    const t = this.texts;
    const targets = this.#targets;
    const still = (this.calm && !this.#byReader) || this.t > 0 ? this.t : undefined;
    const turns = this.#next ?? (still === undefined ? [...targets.keys()] : [0]);
    this.#next = undefined;
    this.paused = false;
    this.message = '';
    await nextFrame(); // the canvas has its size, the observer has spoken
    const breathe = () => this.breathe(signal);
    await breathe();
    const last = await this.#turns.perform(targets, turns, still, {
      breathe,
      prepare: (target) => prepareFlow(this.#drawn ?? target, this, breathe),
      enter: (_, turn) => {
        this.at = turn;
        this.#stage.forgetTouch();
        this.message = still === undefined ? t.flowing : '';
      },
      held: () => this.paused || this.drawing,
      show: (u) => this.#show(u),
      time: () => this.#time,
    });
    this.#byReader = false;
    if (!last) {
      this.message = this.#drawn ? t.empty : t.noInk;
      this.#draw();
    } else if (!still) {
      this.t = 0;
      this.message = t.done(last.trajectory.count, last.trajectory.cloud.count);
    }
  }

  #show(u: number): void {
    this.#time = u;
    this.u = Math.round(100 * u) / 100;
    this.#draw();
  }

  #seek(u: number): void {
    if (u === this.t) this.#scrub(u);
    else this.setState('t', u);
  }

  #scrub(t: number): void {
    if (this.busy) this.cancel();
    this.message = '';
    this.#show(t);
  }

  /** A clicker's key: a twentieth of the way on, and all that has come to rest before it. */
  #step(by: number): void {
    if (this.drawing || !this.hasResult) return;
    this.#seek(Math.min(1, Math.max(0, Math.round((this.#time - by / 20) * 100) / 100)));
  }

  // --- Drawing ---------------------------------------------------------------------------------------

  #draw(): void {
    if (!this.hasUpdated) return;
    if (this.drawing) return this.#stage.drawPad(this.#canvas, this.#square.pad);
    const moving = this.phase === 'running' && !this.paused;
    const { flow } = this.#turns;
    this.#stage.draw(this.#canvas, flow && { ...flow, time: this.#time, view: this.view, moving });
  }

  #touch = (event: PointerEvent): void => {
    if (this.drawing || !this.#turns.flow) return;
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
    this.#square.open(this.#canvas, this.#stage, this.#drawn ?? [], () => this.#draw());
    this.#draw();
  };

  #endDrawing(keep: boolean): void {
    if (keep && this.#square.empty) {
      this.message = this.texts.empty;
      return;
    }
    const text = keep ? this.#square.text : '';
    this.#square.close();
    this.drawing = false;
    if (!keep) return this.#show(this.#time);
    this.setQuietly('strokes', text);
    this.t = 0;
    void this.run();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.live-primary')?.focus({ preventScroll: true }));
  }

  #keyOnCanvas = (event: KeyboardEvent): void => {
    if (!this.drawing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault(); // or the same press would work the button that gets the focus next
    this.#endDrawing(event.key === 'Enter');
  };

  /** While an input method composes, the box holds letters that are not yet characters. */
  #type = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const typed = (event as InputEvent).isComposing ? undefined : typedTurns(input.value, this.#targets);
    if (!typed) return;
    if (typed.cut) input.value = typed.targets.join('');
    if (this.drawing) this.#endDrawing(false);
    if (typed.turns.length === 0) return;
    this.setQuietly('strokes', '');
    this.setQuietly('text', typed.targets.join(''));
    this.#perform(typed.turns);
  };

  /** The reader asks for some of the targets, or for all of them. */
  #perform(turns?: number[]): void {
    this.t = 0;
    this.#byReader = true;
    this.#next = turns;
    void this.run();
  }

  #playOrPause = (): void => {
    if (!this.busy) return this.#perform();
    this.paused = !this.paused;
    this.message = this.paused ? '' : this.texts.flowing;
  };

  #save = async (): Promise<void> => {
    const name = `noise-flow_seed${this.seed}.png`;
    await saveStill(this.#turns.of(this.#targets), this, name, stateLink(this.demoId, this.state, this.spec.state, location.href));
    this.message = texts().saved(name);
  };

  // --- Frame -----------------------------------------------------------------------------------------

  protected override renderStage(poster: Node[]) {
    const t = this.texts;
    const targets = this.#targets;
    const what = this.#drawn ? t.strokes : t.glyph(targets[this.at] ?? targets[0]!);
    const label = this.drawing ? t.pad : t.stage(this.points, what, this.u.toFixed(2));
    return html`
      <div class="flow-stage">
        ${this.hasResult || poster.length === 0 ? nothing : poster}
        <canvas role=${this.drawing ? 'application' : 'img'} aria-label=${label} tabindex=${this.drawing ? 0 : nothing} ?data-drawing=${this.drawing}
          @pointermove=${this.#touch} @pointerdown=${this.#touch} @pointerleave=${this.#leave} @keydown=${this.#keyOnCanvas}></canvas>
        ${this.drawing ? nothing : html`<div class="flow-views">${this.segments('view')}</div> ${turnButtons(t, targets, this.at, (turn) => this.#perform([turn]))}`}
        <span class="flow-clock" aria-hidden="true" ?hidden=${this.drawing}>t = ${this.u.toFixed(2)}</span>
      </div>
    `;
  }

  protected override renderControls() {
    return html`${goalChip(this)} ${timeSlider(this.texts, this.u, this.drawing, (u) => this.#seek(u))}`;
  }

  protected override renderActions() {
    const t = this.texts;
    if (this.drawing) {
      return padButtons(t, { flow: () => this.#endDrawing(true), clear: () => this.#square.pad?.clear(), back: () => this.#endDrawing(false) });
    }
    const play = this.busy ? (this.paused ? t.resume : t.pause) : this.hasResult && this.u < 1 ? t.replay : t.play;
    return html`
      <div class="live-actions">
        ${characterField(t, this.#drawn ? '' : this.#targets.join(''), this.#type)}
        <button type="button" class="live-button" @click=${this.#startDrawing}>${t.draw}</button>
        <button type="button" class="live-button live-primary" @click=${this.#playOrPause}>${play}</button>
      </div>
    `;
  }

  protected override renderMore() {
    const t = this.texts;
    return html`
      <div class="flow-numbers">
        ${this.control('points')} ${this.control('steps')} ${this.control('seed')}
        <button type="button" class="live-button" aria-label=${t.another} title=${t.another} @click=${() => this.setState('seed', (this.seed + 1) % 1e6)}>${icon('dice')}</button>
      </div>
      <button type="button" class="live-button" ?disabled=${this.busy || !this.hasResult} @click=${this.#save}>${icon('save')} ${t.save}</button>
      <p class="flow-hint">${t.hint}</p>
    `;
  }

  protected override facts(): Fact[] {
    const { facts } = this.texts;
    const ink = String(this.#turns.flow?.trajectory.cloud.count ?? '–');
    return [
      [facts.points, String(this.points)],
      [html`${facts.ink} y<sub>i</sub>`, ink], // the formula's letter
      [facts.steps, String(this.steps)],
      [facts.parameters, facts.none],
    ];
  }
}

customElements.define('point-flow', PointFlow);
