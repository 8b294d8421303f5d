/**
 * <point-flow>: characters, typed or drawn by the reader, and Gaussian noise that flows into them in turn by the
 * exact score of the reader's own points. No model, no download.
 */
import { charactersOf } from '../../drawing/ink.ts';
import { Pad, type Stroke } from '../../drawing/pad.ts';
import { decodeStrokes, encodeStrokes, fitted } from '../../drawing/strokes.ts';
import type { Fact } from '../../frame/frame.ts';
import { padButtons, timeSlider, turnButtons } from './controls.ts';
import { prepareFlow } from './source.ts';
import { FlowStage, PEN_WIDTH } from './stage.ts';
import { saveStill } from './still.ts';
import { pointFlowTexts } from './texts.ts';
import { Turns } from './turns.ts';
import { currentPage, elementSpec, html, icon, LiveElement, nextFrame, nothing, stateProperties, texts } from '../../shared.ts';
import { stateLink } from '../../frame/state.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

/** Most characters that take turns: what a name or a greeting needs, and a reader waits for. */
const MOST = 4;

class PointFlow extends LiveElement {
  static override spec = spec;
  static override properties = { ...stateProperties(spec), u: { state: true }, at: { state: true }, drawing: { state: true }, paused: { state: true } };
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
  #pad: Pad | undefined;
  readonly #turns = new Turns();
  /** Numbers of the targets of the next run; undefined for all of them. */
  #next: number[] | undefined;
  readonly #stage = new FlowStage(this);
  #resize: ResizeObserver | undefined;
  /** The reader pressed play: that asks for motion even where the system asks for less. */
  #byReader = false;

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
    this.#turns.forget();
    this.t = 0;
    this.runSoon(250);
  }

  /** The drawing; undefined if there is none, or a link brought nonsense. */
  get #drawn(): Stroke[] | undefined {
    return (this.strokes && decodeStrokes(this.strokes)) || undefined;
  }

  /** What the noise flows into, in turn: characters, or the one drawing as `strokes.ts` writes it. */
  get #targets(): string[] {
    if (this.#drawn) return [this.strokes];
    const characters = charactersOf(this.text, MOST);
    return characters.length > 0 ? characters : [this.spec.state['text']!.default.toString()];
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
    const { flow } = this.#turns;
    const scene = flow && { ...flow, time: this.#time, view: this.view, moving };
    this.#stage.draw(this.#canvas, scene);
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
    if ((event as InputEvent).isComposing) return;
    const typed = charactersOf(input.value, Infinity);
    if (typed.length === 0) return;
    if (typed.length > MOST) input.value = typed.slice(-MOST).join('');
    const [before, now] = [this.#targets, typed.slice(-MOST)];
    const same = now.findIndex((one, i) => one !== before[i]); // what stands already need not come again
    if (this.drawing) this.#endDrawing(false);
    if (same < 0 && now.length === before.length) return;
    this.setQuietly('strokes', '');
    this.setQuietly('text', now.join(''));
    this.t = 0;
    this.#byReader = true;
    this.#next = same < 0 ? [now.length - 1] : [...now.keys()].slice(same);
    void this.run();
  };

  #turnTo = (turn: number): void => {
    this.t = 0;
    this.#byReader = true;
    this.#next = [turn];
    void this.run();
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
        ${this.drawing ? nothing : turnButtons(t, targets, this.at, this.#turnTo)}
        <span class="flow-clock" aria-hidden="true" ?hidden=${this.drawing}>t = ${this.u.toFixed(2)}</span>
      </div>
    `;
  }

  protected override renderControls() {
    return timeSlider(this.texts, this.u, this.drawing, (u) => (u === this.t ? this.#scrub(u) : this.setState('t', u)));
  }

  protected override renderActions() {
    const t = this.texts;
    if (this.drawing) {
      return padButtons(t, { flow: () => this.#endDrawing(true), clear: () => this.#pad?.clear(), back: () => this.#endDrawing(false) });
    }
    const play = this.busy ? (this.paused ? t.resume : t.pause) : this.hasResult && this.u < 1 ? t.replay : t.play;
    return html`
      <div class="live-actions">
        <label class="flow-character"><span>${t.character}</span>
          <input type="text" maxlength="32" aria-label=${t.characters} autocomplete="off" autocapitalize="off" spellcheck="false" .value=${this.#drawn ? '' : this.#targets.join('')}
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
