/** <image-classifier>: any classifier of gray images. The reader draws or brings a picture; the likeliest classes stand as bars. */
import { BOARD_SIZE, DrawingPad } from '../../drawing/board.ts';
import { contextOf } from '../../images/canvas.ts';
import { toBytes } from '../../images/grid.ts';
import { fromFile } from '../../images/picture.ts';
import { classNames, imageShape, nameOf, tensorsOf } from '../../runtime/manifest.ts';
import { inRange, likeliest, softmax, type Guess } from './maths.ts';
import { classifierTexts } from './texts.ts';
import { currentPage, elementSpec, html, ModelElement, nothing, runtime, stateProperties, texts, type Manifest } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

const percent = (probability: number) => `${(100 * probability).toFixed(probability > 0.995 || probability < 0.1 ? 1 : 0)} %`;

class ImageClassifier extends ModelElement {
  static override get spec() {
    return spec;
  }
  static override get properties() {
    return { ...stateProperties(spec), guesses: { state: true }, manifest: { state: true } };
  }
  /** What is drawn, as `strokes.ts` writes it. */
  declare strokes: string;
  declare shown: number;
  declare ink: string;
  declare fill: string;
  /** Likeliest first; empty before the first run. */
  declare guesses: Guess[];
  declare manifest: Manifest | undefined;
  /** A picture of the reader's, gray in [-1, 1], which stands for the drawing until the pen moves. */
  #picture: Float32Array | undefined;
  /** The hand has moved since the last call began. */
  #moved = false;
  #ms = 0;
  #board = this.#newBoard();

  constructor() {
    super();
    this.guesses = [];
  }

  #newBoard(): DrawingPad {
    return new DrawingPad(() => {
      this.#picture = undefined;
      this.setQuietly('strokes', this.#board.text);
      this.#follow();
    }, this.fill === 'shape');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#takeDrawing();
    runtime.manifest(this.model).then(
      (manifest) => (this.manifest = manifest),
      () => {}, // told when it is run
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#board.follow(null);
  }

  /** The board as the attributes say: what is drawn, and whether outlines are filled. */
  #takeDrawing(): void {
    this.#board.follow(null);
    this.#board = this.#newBoard();
    this.#board.text = this.strokes;
  }

  protected get texts() {
    return classifierTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.guesses.length > 0;
  }

  protected override get notInLink(): string {
    return this.#picture ? this.texts.notInLink : '';
  }

  override get outcome(): string {
    const [first] = this.guesses;
    const sum = this.guesses.reduce((total, { probability }) => total + probability, 0);
    return first ? this.texts.outcome(this.#name(first.label), percent(first.probability), this.guesses.length, percent(sum)) : '';
  }

  protected override changed(name: string): void {
    if (name === 'strokes' || name === 'fill') this.#takeDrawing();
    this.#follow();
  }

  get #empty(): boolean {
    return !this.#picture && this.#board.empty;
  }

  /** As soon as the model is there, the bars follow the hand; a call under way is not thrown away for it. */
  #follow(): void {
    if (this.#empty) this.guesses = [];
    this.requestUpdate();
    if (!runtime.isOpen(this.model) || this.#empty) return;
    this.#moved = true;
    if (!this.busy) void this.run();
  }

  /** Gray in [-1, 1], of the size that the model takes. */
  #gray(manifest: Manifest): Float32Array {
    const [, height, width] = imageShape(manifest);
    return this.#picture ?? this.#board.image(width, height);
  }

  #input(manifest: Manifest): Float32Array {
    const [, { range }] = tensorsOf(manifest, 'image')[0]!;
    return inRange(this.#gray(manifest), range ?? [0, 1], this.ink === 'dark');
  }

  protected override async execute(signal: AbortSignal): Promise<void> {
    if (this.#empty) {
      this.message = this.texts.empty;
      return;
    }
    const session = await this.openModel(signal);
    const { manifest } = session;
    const [image, logits] = [nameOf(manifest, 'image'), nameOf(manifest, 'logits')];
    const probable = tensorsOf(manifest, 'logits')[0]![1].range !== null;
    do {
      this.#moved = false;
      const feeds = { [image]: { dtype: 'float32' as const, data: this.#input(manifest), dims: [1, ...imageShape(manifest)] } };
      const { outputs, ms } = await session.run(feeds, [logits], signal);
      const scores = outputs[logits]!.data as Float32Array;
      this.#ms = ms;
      this.guesses = likeliest(probable ? Array.from(scores) : softmax(scores), scores.length);
      await this.untilVisible(signal);
    } while (this.#moved);
    const [first] = this.guesses;
    this.message = this.texts.done(this.#name(first!.label), percent(first!.probability));
  }

  #name(label: number): string {
    return (this.manifest && classNames(this.manifest, currentPage().lang)[label]) ?? this.texts.nameless(label);
  }

  #takeFile = async (event: Event): Promise<void> => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (!file) return;
    try {
      const manifest = (this.manifest ??= await runtime.manifest(this.model));
      const [, height, width] = imageShape(manifest);
      this.#picture = await fromFile(file, width, height);
    } catch (error) {
      this.fail(error);
      return;
    }
    void this.run();
  };

  #wipe = (): void => {
    this.#picture = undefined;
    this.#board.clear();
    this.#follow();
  };

  protected override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    this.#board.follow(this.querySelector<HTMLCanvasElement>('.classify-board canvas'));
    const seen = this.querySelector<HTMLCanvasElement>('.classify-seen canvas');
    if (!seen || !this.manifest) return;
    const gray = this.#gray(this.manifest);
    const bytes = toBytes(this.ink === 'dark' ? gray.map((value) => -value) : gray);
    const rgba = new Uint8ClampedArray(4 * bytes.length);
    bytes.forEach((byte, i) => rgba.set([byte, byte, byte, 255], 4 * i));
    contextOf(seen).putImageData(new ImageData(rgba, seen.width, seen.height), 0, 0);
  }

  protected override renderStage(poster: Node[]) {
    const t = this.texts;
    const [, height, width] = this.manifest ? imageShape(this.manifest) : [1, 1, 1];
    return html`
      <div class="classify-stage">
        <div class="classify-board">
          <canvas width=${BOARD_SIZE} height=${BOARD_SIZE} tabindex="0" role="application" aria-label=${t.pad}></canvas>
          <button type="button" class="live-button" @click=${this.#wipe}>${t.wipe}</button>
        </div>
        <div class="classify-seen">
          <canvas width=${width} height=${height} role="img" aria-label=${t.seen(width, height)}></canvas>
          <span aria-hidden="true">${t.seen(width, height)}</span>
        </div>
        <ol class="classify-bars" aria-label=${t.guesses}>
          ${this.guesses.slice(0, this.shown).map(
            ({ label, probability }) => html`
              <li><span>${this.#name(label)}</span><meter min="0" max="1" .value=${probability} aria-hidden="true"></meter><b>${percent(probability)}</b></li>
            `,
          )}
        </ol>
        ${this.hasResult ? nothing : html`<div class="live-paper" aria-hidden="true">${poster}</div>`}
      </div>
    `;
  }

  protected override renderControls() {
    const t = this.texts;
    return html`
      <label class="classify-file"><span>${t.choose}</span><input type="file" accept="image/*" @change=${this.#takeFile} /></label>
      <p class="classify-note">${t.private}</p>
    `;
  }

  protected override renderMore() {
    return html`${this.segments('ink')} ${this.segments('fill')} ${this.control('shown')}`;
  }

  protected override get runLabel(): string {
    return this.texts.run;
  }

  protected override facts(): [string, string][] {
    if (!this.hasResult || !this.manifest) return [];
    const [, height, width] = imageShape(this.manifest);
    return [
      [this.texts.size, `${width} × ${height}`],
      [this.texts.time, texts().seconds((this.#ms / 1000).toFixed(3))],
    ];
  }
}

customElements.define('image-classifier', ImageClassifier);
