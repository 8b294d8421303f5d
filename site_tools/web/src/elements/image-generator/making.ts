/** When <image-generator> calls its network, for how many images, and what came of it; how it looks is `element.ts`. */
import { Newest } from '../../frame/newest.ts';
import { cases, differing, pinnedRecipe, type Pinned } from '../../frame/pin.ts';
import { compareImages, type Comparison } from '../../images/compare.ts';
import { toBytes } from '../../images/grid.ts';
import { generate, generatorShape, type GeneratorShape } from '../../runtime/generator.ts';
import { CHOICE, choiceOf, imagesOf, isAlone, labelOf, latents, type Mode, type Recipe } from './latent.ts';
import { generatorTexts } from './texts.ts';
import { currentPage, elementSpec, ModelElement, runtime, stateProperties, type Manifest } from '../../shared.ts';
import type { Session } from '../../runtime/runtime.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

/** All images follow the hand if a call takes no longer than this; else as many as are made in two frames of most displays. */
const SMOOTH_MS = 60;
const FRAME_MS = 33;
/** Milliseconds without a change after which a hand rests. */
const REST = 250;
/** How long a walk takes that is played. */
const WALK_MS = 3000;
/** What is dragged rather than chosen. */
const DRAGGED = ['share', 'z', 'at'];
/** What is shown and no part of a link. */
const PASSING = ['choice', 'made', 'few', 'pinned', 'manifest', 'shape'];

/** What one call has made. */
export interface Made {
  recipe: Recipe;
  /** In bytes, image after image; fewer than the recipe's while a hand moves. */
  pixels: Uint8ClampedArray;
  images: number;
  /** Milliseconds inside the worker. */
  ms: number;
  seconds: number;
}

export abstract class Making extends ModelElement {
  static override get spec() {
    return spec;
  }
  static override get properties() {
    return { ...stateProperties(spec), ...Object.fromEntries(PASSING.map((name) => [name, { state: true }])) };
  }
  declare mode: Mode;
  declare offer: string;
  declare label: number;
  declare count: number;
  declare seed: number;
  declare to: number;
  declare share: number;
  declare which: number;
  declare z: string;
  declare first: number;
  declare at: string;
  declare turn: number;
  declare pin: string;
  /** Those from which the one of sliders and plane is chosen. */
  declare choice: Made | undefined;
  /** The last whole call. */
  declare made: Made | undefined;
  /** What follows the hand meanwhile, if that is not all: the first images alone. */
  declare few: Made | undefined;
  declare pinned: Pinned<Recipe, Made> | undefined;
  /** The model's manifest, a kilobyte that may come before the click, and what it says of the network. */
  declare manifest: Manifest | undefined;
  declare shape: GeneratorShape | undefined;
  #next: { images: number | undefined; plays: boolean } = { images: undefined, plays: false };
  #choiceKey = '';
  #outcome = '';
  #msPerImage = Infinity;
  #settle: ReturnType<typeof setTimeout> | undefined;
  readonly #follow = new Newest<number>((images) => this.#make(images));

  override connectedCallback(): void {
    super.connectedCallback();
    const { modes } = this;
    if (!modes.includes(this.mode)) this.setQuietly('mode', modes[0]!);
    const recipe = pinnedRecipe(this.pin, this.recipe, spec.state);
    if (recipe) this.pinned ??= { recipe, made: undefined };
    runtime.manifest(this.model).then(this.#learn).catch(() => {}); // the run will tell what is wrong
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#settle);
  }

  protected get texts() {
    return generatorTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.made !== undefined;
  }

  #learn = (manifest: Manifest): void => {
    this.shape = generatorShape(manifest);
    this.manifest = manifest;
  };

  /** The modes that the page offers; a space of one number has no plane. */
  protected get modes(): Mode[] {
    const offered = cases(this.offer, spec.state).map(({ mode }) => mode as Mode);
    const some = offered[0] ? offered : (declared.state.mode.values as Mode[]);
    return some.filter((mode) => mode !== 'plane' || this.shape?.latent !== 1);
  }

  protected get recipe(): Recipe {
    const { mode, label, count, seed, to, share, which, z, at, turn } = this;
    return { mode, label, count, seed, to, share, which, z, at, turn };
  }

  // --- Making ----------------------------------------------------------------------------------------

  protected override async execute(signal: AbortSignal): Promise<void> {
    const { images, plays } = this.#next;
    if (this.pinned) this.setQuietly('pin', JSON.stringify(differing(this.pinned.recipe, this.recipe)));
    const session = await this.openModel(signal);
    this.#learn(session.manifest);
    const { recipe } = this;
    if (isAlone(recipe) && images === undefined) await this.#choose(session, recipe, signal);
    if (this.pinned && !this.pinned.made) this.pinned = { recipe: this.pinned.recipe, made: await this.#call(session, this.pinned.recipe, signal) };
    if (plays) {
      if (!this.calm) await this.#play(session, signal);
      this.setQuietly('share', 1);
    }
    const made = await this.#call(session, this.recipe, signal, images);
    if (made.images < imagesOf(made.recipe)) this.few = made;
    else [this.made, this.few] = [made, undefined];
    if (images !== undefined) return; // the hand has not rested
    this.message = this.#outcome = plays ? await this.#halfway(session, signal) : this.#found(made);
  }

  /** Make those from which the image is chosen, if they are not here. */
  async #choose(session: Session, recipe: Recipe, signal: AbortSignal): Promise<void> {
    const { recipe: batch, first } = choiceOf(recipe);
    const key = `${first} ${batch.seed} ${batch.label}`;
    if (this.choice && this.#choiceKey === key) return;
    this.choice = await this.#call(session, batch, signal, CHOICE, first);
    this.#choiceKey = key;
  }

  async #call(session: Session, recipe: Recipe, signal: AbortSignal, images = imagesOf(recipe), first = 0): Promise<Made> {
    const started = performance.now();
    const { latent, classes } = generatorShape(session.manifest);
    const from = isAlone(recipe) ? recipe.which : first;
    const y = Array.from({ length: images }, (_, i) => labelOf(recipe, from + i, classes));
    const { x, ms } = await generate(session, latents(recipe, latent, images, first), y, signal);
    this.#msPerImage = Math.min(ms / images, 0.8 * this.#msPerImage + (0.2 * ms) / images); // one slow call is no slow computer
    return { recipe, pixels: toBytes(x), images, ms, seconds: (performance.now() - started) / 1000 };
  }

  /** From the start to the end in a fixed time, at whatever pace the display and the network have. */
  async #play(session: Session, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    for (let share = 0; share < 1; share = Math.min(1, (performance.now() - started) / WALK_MS)) {
      this.setQuietly('share', share);
      this.made = await this.#call(session, this.recipe, signal);
      await this.breathe(signal);
    }
  }

  /** What a walk meets half-way, held against what a blend of its ends would be. */
  async #halfway(session: Session, signal: AbortSignal): Promise<string> {
    const at = async (share: number) => (await this.#call(session, { ...this.recipe, share }, signal)).pixels;
    const [start, middle, end] = [await at(0), await at(0.5), await at(1)];
    const blend = start.map((value, i) => (value + end[i]!) / 2);
    return this.texts.halfway(compareImages(middle, blend, 1).mean, compareImages(start, end, 1).mean);
  }

  #make(images: number): Promise<void> {
    return this.#go({ images });
  }

  #go({ images, plays = false }: { images?: number; plays?: boolean } = {}, quiet = true): Promise<void> {
    clearTimeout(this.#settle);
    this.#next = { images, plays };
    return super.run({ quiet });
  }

  override run(): Promise<void> {
    this.#follow.drop();
    return this.#go({}, false);
  }

  /** Walk from the start to the end, for all to see. */
  protected playWalk = (): Promise<void> => {
    this.#follow.drop();
    return this.#go({ plays: true }, false);
  };

  /** What the page describes; a walk is walked. */
  protected override answered(): void {
    void (this.mode === 'walk' ? this.playWalk() : this.run());
  }

  override cancel(): void {
    super.cancel();
    clearTimeout(this.#settle);
    this.#follow.drop();
  }

  /** The next batch; a walk goes on from where it ends. */
  protected override roll(): void {
    this.#forget();
    if (this.mode !== 'walk') return super.roll();
    this.setQuietly('seed', this.to);
    this.setQuietly('to', (this.to + 1) % 1_000_000);
    this.setQuietly('share', 0);
  }

  /** What was changed of one image does not suit another one. */
  #forget(): void {
    this.setQuietly('z', '');
    this.setQuietly('at', '');
  }

  protected override changed(name: string): void {
    if (name === 'seed' || name === 'which') this.#forget();
    if (name === 'turn') this.setQuietly('at', '');
    if (name === 'first' || !this.hasResult || !runtime.isOpen(this.model)) return;
    clearTimeout(this.#settle);
    const all = imagesOf(this.recipe);
    const some = Math.max(1, Math.min(all, Math.floor(FRAME_MS / this.#msPerImage)));
    if (DRAGGED.includes(name)) void this.#follow.ask(all * this.#msPerImage < SMOOTH_MS ? all : some);
    this.#settle = setTimeout(this.#whole, DRAGGED.includes(name) ? REST : 100);
  }

  protected override released(): void {
    if (this.hasResult && runtime.isOpen(this.model)) this.#whole();
  }

  #whole = (): void => {
    this.#follow.drop();
    void this.#go();
  };

  // --- What came of it -------------------------------------------------------------------------------

  /** A against B, where both are there and of equal size. */
  protected get comparison(): Comparison | undefined {
    const [a, b] = [this.pinned?.made, this.made];
    return a && b && a.pixels.length === b.pixels.length ? compareImages(a.pixels, b.pixels, b.images) : undefined;
  }

  #found({ images, seconds }: Made): string {
    return this.comparison ? this.texts.compared(this.comparison) : this.texts.done(images, seconds.toFixed(2));
  }

  override get outcome(): string {
    return this.#outcome;
  }
}
