/** When <reverse-process> walks, from which noise, with how many images, and what came of it; how it looks is `element.ts`. */
import { Newest } from '../../frame/newest.ts';
import { cases, differing, pinnedRecipe, type Pinned } from '../../frame/pin.ts';
import { compareImages, spreadOf, type Comparison } from '../../images/compare.ts';
import { classNames, imageShape } from '../../runtime/manifest.ts';
import { median, networkFacts } from '../../runtime/network.ts';
import { SCHEDULES, type ScheduleName } from '../../maths/noise.ts';
import { DEFAULT_SAMPLER, SAMPLERS, type SamplerName } from '../../maths/samplers.ts';
import { inWords } from './names.ts';
import { reverseTexts } from './texts.ts';
import { callsOf, COUNT, standing, startNoise, walk, type Recipe, type Trajectory } from './trajectory.ts';
import { currentPage, elementSpec, ModelElement, runtime, stateProperties, type Manifest } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared, { samplers: SAMPLERS, schedules: SCHEDULES }, { samplers: DEFAULT_SAMPLER });

/** Images that follow the hand while a slider is dragged, if all of them would be slower than this. */
const FEW = 4;
const SMOOTH_MS = 150;
/** Nothing follows the hand that is slower than this. */
const LIVE_MS = 2000;
/** Longer runs than this wait for the button when a setting changes. */
const PATIENCE_MS = 5000;
/** What is dragged rather than chosen. */
const SLIDERS = ['steps', 'eta', 'guidance'];
/** How long one case of an experiment stands before the next. */
const LOOK_MS = 1000;

/** What is shown and no part of a link. */
const PASSING = ['at', 'which', 'still', 'made', 'few', 'pinned', 'manifest'];

/** How the next run goes. */
interface Next {
  /** Images. */
  count: number;
  /** Whether the way is seen as it is walked; else the picture stands until the next one is whole. */
  watched: boolean;
  /** Settings to try one after the other. */
  cases: Partial<Recipe>[];
}

export abstract class Sampling extends ModelElement {
  static override get spec() {
    return spec;
  }
  static override get properties() {
    return { ...stateProperties(spec), ...Object.fromEntries(PASSING.map((name) => [name, { state: true }])) };
  }
  declare label: string;
  declare starts: 'many' | 'between';
  declare seed: number;
  declare sampler: SamplerName;
  declare steps: number;
  declare eta: number;
  declare guidance: number;
  declare schedule: ScheduleName;
  declare path: number;
  declare view: 'x' | 'x0';
  declare pin: string;
  declare each: string;
  /** How far on the way from noise (0) to data (1) is shown. */
  declare at: number;
  /** The image whose film is shown. */
  declare which: number;
  /** The noise, which stands still until the first run. */
  declare still: Trajectory | undefined;
  /** The last whole run. */
  declare made: Trajectory | undefined;
  /** What follows the hand meanwhile: the first images alone. */
  declare few: Trajectory | undefined;
  declare pinned: Pinned<Recipe, Trajectory> | undefined;
  /** From the model's manifest, a kilobyte that may come before the click. */
  declare manifest: Manifest | undefined;
  #noise: { key: string; values: Float32Array } | undefined;
  #next: Next = { count: COUNT, watched: true, cases: [{}] };
  #outcome = '';
  #msPerImage = 0;
  /** Counts what moves the moment shown: a replay ends when something else does. */
  protected moved = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;
  readonly #follow = new Newest<number>((count) => this.#walk({ count }, true));

  constructor() {
    super();
    this.at = 0;
    this.which = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const pinned = pinnedRecipe(this.pin, this.recipe, spec.state);
    if (pinned && !this.each) this.pinned ??= { recipe: pinned, made: undefined };
    runtime.manifest(this.model).then(
      (manifest) => {
        this.manifest = manifest;
        void this.#stand();
      },
      () => {}, // the run will tell what is wrong
    );
  }

  protected get texts() {
    return reverseTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return this.made !== undefined;
  }

  protected get recipe(): Recipe {
    const { label, starts, seed, sampler, steps, eta, guidance, schedule, path } = this;
    return { label, starts, seed, sampler, steps, eta, guidance, schedule, path };
  }

  // --- Sampling --------------------------------------------------------------------------------------

  async #startNoise({ seed, starts }: Recipe, manifest: Manifest): Promise<Float32Array> {
    const key = `${seed} ${starts}`;
    if (this.#noise?.key !== key) this.#noise = { key, values: await startNoise({ seed, starts }, imageShape(manifest).reduce((a, b) => a * b)) };
    return this.#noise.values;
  }

  /** Show the noise that the next run starts from. */
  async #stand(): Promise<void> {
    if (this.manifest && !this.hasResult) this.still = standing(await this.#startNoise(this.recipe, this.manifest));
  }

  protected override async execute(signal: AbortSignal): Promise<void> {
    const { count, watched, cases } = this.#next;
    this.moved++;
    if (count === COUNT) this.stale = false;
    if (this.pinned) this.setQuietly('pin', JSON.stringify(differing(this.pinned.recipe, this.recipe)));
    const manifest = (this.manifest = await runtime.manifest(this.model));
    await this.#startNoise(this.recipe, manifest); // while the model is on its way
    const session = await this.openModel(signal);
    const facts = { ...networkFacts(session), classes: classNames(manifest, currentPage().lang).length };
    const sample = async (recipe: Recipe, show: (made: Trajectory) => void) => {
      for await (const made of walk(session, recipe, await this.#startNoise(recipe, manifest), count, facts, signal)) {
        if (made.over) this.#msPerImage = (median(made.times) * made.times.length) / made.nfe / count;
        if (made.over || (watched && !this.calm)) show(made);
        await this.untilVisible(signal); // no waiting for a frame: the next call runs while this state is painted
      }
    };
    const found: string[] = [];
    for (const [i, one] of cases.entries()) {
      if (i > 0 && !this.calm) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      signal.throwIfAborted();
      for (const [name, value] of Object.entries(one)) this.setQuietly(name, value);
      if (this.pinned && cases.length > 1) this.pinned = { recipe: { ...this.pinned.recipe, ...one }, made: undefined };
      const { pinned } = this;
      if (pinned && !pinned.made?.over && count === COUNT) await sample(pinned.recipe, (made) => (this.pinned = { ...pinned, made }));
      await sample(this.recipe, (made) => {
        if (watched) this.at = (made.frames.length - 1) / (made.length - 1);
        if (count < COUNT) this.few = made;
        else [this.made, this.few] = [made, undefined];
      });
      found.push(`${cases.length > 1 ? `${inWords(one, manifest)}${this.texts.colon}` : ''}${this.#found()}`);
    }
    if (count === COUNT) this.message = this.#outcome = found.join(this.texts.sentences);
  }

  #walk(next: Partial<Next> = {}, quiet = false): Promise<void> {
    clearTimeout(this.#settle);
    this.#next = { count: COUNT, watched: false, cases: [{}], ...next };
    return super.run({ quiet });
  }

  /** What a button starts is watched on its way. */
  override run(): Promise<void> {
    this.#follow.drop();
    if (this.each) for (const name of ['each', 'pin']) this.setQuietly(name, ''); // the experiment belongs to the question
    return this.#walk({ watched: true });
  }

  override cancel(): void {
    super.cancel();
    clearTimeout(this.#settle);
    this.#follow.drop();
  }

  /** The experiment that the page describes: everything as it says, beside what is pinned, case by case. */
  protected override answered(): void {
    const recipe = pinnedRecipe(this.pin, this.recipe, spec.state);
    if (recipe) this.pinned = { recipe, made: undefined };
    void this.#walk({ watched: true, cases: cases(this.each, spec.state) }).then(() => {
      if (this.view === 'x0') this.at = 0; // who asked for guesses asked for the first
    });
    this.setQuietly('each', '');
  }

  protected override changed(name: string): void {
    if (name === 'view') return;
    void this.#stand();
    if (!this.hasResult || !runtime.isOpen(this.model)) return;
    clearTimeout(this.#settle);
    const ms = (images: number) => this.#msPerImage * images * callsOf(this.recipe);
    const dragged = SLIDERS.includes(name);
    const followers = ms(COUNT) < SMOOTH_MS || this.starts === 'between' ? COUNT : FEW;
    if (dragged && ms(followers) < LIVE_MS) void this.#follow.ask(followers);
    this.stale = ms(COUNT) > PATIENCE_MS;
    if (this.stale) this.message = this.texts.stale;
    else this.#settle = setTimeout(this.#whole, dragged ? 500 : 100);
  }

  protected override released(): void {
    if (this.hasResult && runtime.isOpen(this.model) && !this.stale) this.#whole();
  }

  #whole = (): void => {
    this.#follow.drop();
    void this.#walk();
  };

  // --- What came of it -------------------------------------------------------------------------------

  /** A against B when both are finished. */
  protected get comparison(): Comparison | undefined {
    const [a, b] = [this.pinned?.made, this.made];
    return a?.over && b?.over ? compareImages(a.frames.at(-1)!.x, b.frames.at(-1)!.x, COUNT) : undefined;
  }

  /** What the last run shows, in a sentence. */
  #found(): string {
    const { made, comparison, texts: t } = this;
    if (comparison) return t.compared(comparison);
    const first = made?.frames[1]?.x0;
    if (this.view === 'x0' && first) return t.guesses(spreadOf(first, COUNT), spreadOf(made.frames.at(-1)!.x, COUNT));
    return made ? t.done(COUNT, made.nfe, made.seconds.toFixed(1)) : '';
  }

  override get outcome(): string {
    return this.#outcome;
  }
}
