/**
 * <point-flow>: one character, written or drawn by the reader, and Gaussian noise that flows into it by the
 * exact score of the reader's own points. No model, no download.
 */
import { firstCharacter, INK_SIZE, inkOfCharacter, inkOfStrokes, latestCharacter } from '../ink.ts';
import { Pad, paintStrokes, type Stroke } from '../pad.ts';
import { drawCopybook, drawPath, drawRing, fit, pointAt, PointPainter, readPalette, shadesOf, squareOf, type Palette, type View } from '../point-flow-draw.ts';
import { Cloud, timeAt, Trajectory } from '../point-flow-maths.ts';
import { pointFlowTexts } from '../point-flow-texts.ts';
import { normal } from '../random.ts';
import { scatter } from '../scatter.ts';
import { currentPage, html, icon, LiveElement, nextFrame, nothing, stateProperties } from '../shared.ts';

/** How many points the ink becomes: enough to read 24 strokes, few enough for a phone. */
const INK_POINTS = 760;
/** Half the side of the writing square, in standard deviations of the noise. */
const HALF = 1.62;
const PEN_WIDTH = 0.075;
/** Seconds of the flow, and of the noise before it starts. */
const DURATION = 3.2;
const HOLD = 0.6;
/** Milliseconds of computing a frame: leaves half of a 60 Hz frame to drawing and the page. */
const SLICE = 7;
/** Milliseconds of painting above which trails and fine pixels are left out. */
const PAINT_LIMIT = 9;
/** Streams of the seed. */
const NOISE = 0;
const INK = 1;

class PointFlow extends LiveElement {
  static override properties = { ...stateProperties('point-flow'), u: { state: true }, drawing: { state: true }, paused: { state: true } };
  declare text: string;
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
  /** What was drawn and is flowed into; undefined while it is a typed character. */
  #strokes: Stroke[] | undefined;
  #trajectory: Trajectory | undefined;
  #shades: Uint8Array = new Uint8Array(0);
  /** Distance between ink points, for the size of a dot at the end. */
  #spacing = 0.1;
  #now: Float32Array = new Float32Array(0);
  #before: Float32Array = new Float32Array(0);
  #palette: Palette | undefined;
  readonly #painter = new PointPainter();
  #touched = -1;
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
    return this.#trajectory !== undefined;
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
    this.#palette = undefined;
    this.#draw();
  }

  get #canvas(): HTMLCanvasElement {
    return this.querySelector('canvas')!;
  }

  protected override changed(name: string): void {
    if (name === 'view') return this.#draw();
    if (name === 't') return this.#scrub(this.t);
    if (name === 'text') this.#strokes = undefined;
    this.#trajectory = undefined;
    this.t = 0;
    this.runSoon(name === 'text' ? 0 : 250);
  }

  // --- The flow --------------------------------------------------------------------------------------

  protected override async execute(signal: AbortSignal): Promise<void> {
    const t = this.texts;
    this.paused = false;
    this.message = '';
    await nextFrame(); // the canvas has its size, the observer has spoken
    await this.breathe(signal);
    const trajectory = (this.#trajectory ??= await this.#prepare(signal));
    if (!trajectory) {
      this.message = this.#strokes ? t.empty : t.noInk;
      this.#draw();
      return;
    }
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

  /** In pieces, so that a phone never holds still. */
  async #prepare(signal: AbortSignal): Promise<Trajectory | undefined> {
    const character = firstCharacter(this.text) || this.spec.state['text']!.default.toString();
    const ink = this.#strokes ? inkOfStrokes(this.#strokes, PEN_WIDTH) : inkOfCharacter(character);
    await this.breathe(signal);
    const unit = scatter(ink, INK_SIZE, INK_POINTS, (count) => normal(this.seed, INK, 1, count));
    if (unit.length === 0) return undefined;
    const data = unit.map((value) => value * HALF);
    await this.breathe(signal);
    const noise = normal(this.seed, NOISE, 1, 2 * this.points);
    let inked = 0;
    for (const value of ink) if (value > 127) inked++;
    this.#spacing = (Math.sqrt(inked / (data.length / 2)) / INK_SIZE) * 2 * HALF;
    this.#shades = shadesOf(noise);
    this.#now = new Float32Array(noise.length);
    this.#before = new Float32Array(noise.length);
    this.#touched = -1;
    return new Trajectory(new Cloud(data), noise, this.steps);
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
    const canvas = this.#canvas;
    const context = canvas.getContext('2d')!;
    const moving = this.phase === 'running' && this.view === 'x' && !this.paused && this.#time > 0 && this.#time < 1;
    // A slow device gets plainer pictures while they move, and the whole beauty when they rest.
    const plain = moving && this.#painter.cost > PAINT_LIMIT;
    const view = fit(canvas, plain ? 1 : 2);
    const palette = (this.#palette ??= readPalette(this));
    context.clearRect(0, 0, view.width, view.height);
    if (this.drawing) return this.#drawPad(context, view, palette);
    const trajectory = this.#trajectory;
    if (!trajectory) return;
    const u = this.#time;
    if (this.view === 'x0') trajectory.guessAt(u, this.#now);
    else trajectory.at(u, this.#now);
    const trails = moving && !plain;
    if (trails) trajectory.at(Math.min(1, u + 0.012 + 0.03 * u), this.#before);
    this.#painter.paint(context, view, palette, {
      now: this.#now,
      before: trails ? this.#before : this.#now,
      shades: this.#shades,
      radius: Math.max(this.#spacing * (0.47 - 0.22 * Math.sqrt(u)), (0.9 * view.ratio) / view.scale),
      opacity: this.view === 'paths' ? 0.6 : 1 - 0.3 * u,
    });
    if (this.view === 'paths') {
      for (let i = 0; i < trajectory.count; i += Math.ceil(trajectory.count / 160)) {
        drawPath(context, view, palette.shades[this.#shades[i]!]!, trajectory.path(i), 0.5, false);
      }
    }
    if (this.#touched >= 0) this.#drawTouched(context, view, palette, trajectory);
  }

  #drawTouched(context: CanvasRenderingContext2D, view: View, palette: Palette, trajectory: Trajectory): void {
    const i = this.#touched;
    drawPath(context, view, palette.ink, trajectory.path(i), 0.9);
    context.strokeStyle = palette.ink;
    drawRing(context, view, this.#now[2 * i]!, this.#now[2 * i + 1]!, 6);
  }

  #drawPad(context: CanvasRenderingContext2D, view: View, palette: Palette): void {
    drawCopybook(context, view, HALF, palette.line);
    const { left, top, size } = squareOf(view, HALF);
    context.strokeStyle = palette.ink;
    paintStrokes(context, this.#pad?.strokes ?? [], left, top, size, PEN_WIDTH * size);
    const cursor = this.#pad?.cursor;
    if (!cursor) return;
    context.strokeStyle = palette.shades.at(-1)!;
    context.lineWidth = 2 * view.ratio;
    context.beginPath();
    context.arc(left + cursor.x * size, top + cursor.y * size, (cursor.down ? 4 : 8) * view.ratio, 0, 2 * Math.PI);
    context.stroke();
  }

  #touch = (event: PointerEvent): void => {
    if (this.drawing || !this.#trajectory) return;
    const box = this.#canvas.getBoundingClientRect();
    const touched = pointAt(fit(this.#canvas), this.#now, event.clientX - box.left, event.clientY - box.top, 22);
    if (touched === this.#touched) return;
    this.#touched = touched;
    this.#draw();
  };

  #leave = (): void => {
    if (this.#touched < 0) return;
    this.#touched = -1;
    this.#draw();
  };

  // --- Writing ---------------------------------------------------------------------------------------

  #startDrawing = async (): Promise<void> => {
    this.cancel();
    this.drawing = true;
    this.message = '';
    await this.updateComplete;
    const canvas = this.#canvas;
    this.#pad = new Pad(canvas, {
      square: () => {
        const box = canvas.getBoundingClientRect();
        const view = fit(canvas);
        const { left, top, size } = squareOf(view, HALF);
        return { left: box.left + left / view.ratio, top: box.top + top / view.ratio, size: size / view.ratio };
      },
      onChange: () => this.#draw(),
    });
    if (this.#strokes) this.#pad.strokes = structuredClone(this.#strokes);
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
    this.#strokes = strokes;
    this.#trajectory = undefined;
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
    if (this.#strokes && latest === this.text) this.changed('text');
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
    const what = this.#strokes ? t.strokes : t.glyph(firstCharacter(this.text));
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
          <input type="text" size="2" maxlength="16" autocomplete="off" autocapitalize="off" spellcheck="false" .value=${this.#strokes ? '' : firstCharacter(this.text)}
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
    const ink = this.#trajectory ? String(this.#trajectory.cloud.count) : '–';
    return [
      [facts.points, String(this.points)],
      [facts.ink, ink],
      [facts.steps, String(this.steps)],
      [facts.parameters, facts.none],
    ];
  }
}

customElements.define('point-flow', PointFlow);
