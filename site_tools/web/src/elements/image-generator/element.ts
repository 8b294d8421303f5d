/** <image-generator>: any network that turns random numbers into images in one call: a batch, a walk, sliders, a plane. */
import { followKeys } from '../../frame/beamer.ts';
import { goalChip } from '../../frame/goal.ts';
import { differing, pinButton } from '../../frame/pin.ts';
import { rolled } from '../../frame/rolled.ts';
import { sheet, sheetButton } from '../../frame/sheet.ts';
import { shot } from '../../frame/shot.ts';
import { savePng } from '../../images/png.ts';
import { directions, imagesOf, isAlone, latents, numbersOf, numbersText, placeIn, pointText, RELEVANT, type Recipe } from './latent.ts';
import { Making } from './making.ts';
import { paintScene } from './paint.ts';
import { chooser, knobs, pad, SLIDERS, way } from './stage.ts';
import { classNames, currentPage, formatBytes, html, icon, modelBytes, nothing, texts } from '../../shared.ts';

/** How far one key of a clicker walks. */
const KEY_SHARE = 0.05;

class ImageGenerator extends Making {
  #endKeys = (): void => {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.#endKeys = followKeys(this, {
      play: () => (this.mode === 'walk' && this.hasResult ? this.playWalk() : this.run()),
      step: (by) => {
        if (document.activeElement?.matches('.generator-pad')) return; // there they move the dot
        if (this.mode === 'walk') this.setState('share', Number((this.share + KEY_SHARE * by).toFixed(2)));
        else if (isAlone(this)) this.setState('which', this.which + by);
        else this.setState('seed', this.seed + by);
      },
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#endKeys();
  }

  protected override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    const { shape, recipe, made, few, choice, pinned } = this;
    if (shape && this.phase !== 'error') paintScene(this, { shape, recipe, made, few, choice, kept: pinned?.made });
  }

  // --- Stage -----------------------------------------------------------------------------------------

  #about(): string {
    const { recipe, texts: t, shape } = this;
    if (!this.hasResult) return t.vectors(imagesOf(recipe), shape?.latent ?? 0);
    return isAlone(recipe) ? t.image(recipe.which + 1) : t.images(imagesOf(recipe));
  }

  protected override renderStart() {
    return html`<div class="live-picture">${shot('live-b', this.#about())}</div>`;
  }

  protected override renderStage(poster: Node[]) {
    const { hasResult, pinned, busy, comparison, modes, texts: t } = this;
    const failed = this.phase === 'error' && !hasResult;
    const standing = !hasResult && !busy && !pinned;
    return html`
      ${modes.length > 1 ? html`<div class="generator-modes">${this.segments('mode', t.values['mode'], modes)}</div>` : nothing}
      <div class="generator-scene" data-mode=${this.mode}>
        <div class="live-picture ${standing ? 'live-standing' : ''} ${pinned ? 'live-pair' : ''}">
          <div class="live-poster-slot" ?hidden=${!failed}>${poster}</div>
          ${pinned ? shot('live-a', t.pinned, html`<b>A</b> ${this.#inWords(pinned.recipe, this.recipe)}`) : nothing}
          ${failed ? nothing : shot('live-b', this.#about(), pinned ? html`<b>B</b> ${this.#inWords(this.recipe, pinned.recipe)}` : nothing)}
          ${comparison && comparison.same < comparison.count ? shot('live-difference', t.difference, html`|A − B|`) : nothing}
          ${comparison ? html`<p class="live-compared">${t.compared(comparison)}</p>` : nothing}
        </div>
        ${hasResult ? this.#renderHand() : nothing}
        ${standing ? this.renderActions() : nothing}
      </div>
      ${hasResult && isAlone(this) ? chooser(t, this.which, (which) => this.setState('which', which)) : nothing}
      ${standing ? nothing : this.renderActions()} ${goalChip(this)}
    `;
  }

  /** What the hand moves in this mode. */
  #renderHand() {
    const { mode, recipe, texts: t } = this;
    const size = this.shape!.latent;
    const rest = () => this.released();
    if (mode === 'walk') return way(t, { share: this.share, busy: this.busy, play: this.playWalk, move: (share) => this.setState('share', share), rest });
    if (mode === 'sliders') {
      return knobs(t, {
        first: this.first,
        values: latents(recipe, size),
        set: (number, value) => this.setState('z', numbersText(numbersOf(this.z).set(number, value))),
        rest,
        further: () => this.setState('first', (this.first + SLIDERS) % size),
        back: () => this.setState('z', ''),
      });
    }
    if (mode !== 'plane') return nothing;
    const point = placeIn(directions(this.turn, size), Float64Array.from(latents(recipe, size)));
    const other = html`
      <button type="button" class="live-button" ?disabled=${size === 2} @click=${() => this.setState('turn', this.turn + 1)}>${t.otherPlane}</button>
      <button type="button" class="live-button" @click=${() => this.setState('at', '')}>${t.back}</button>
    `;
    return pad(t, point, (to) => this.setState('at', pointText(to)), rest, other);
  }

  protected override renderActions() {
    const settings = sheetButton(this.texts);
    if (!this.hasResult) return super.renderActions(settings);
    return super.renderActions(html`${pinButton(this.texts.pin, { pressed: !!this.pinned, disabled: this.busy, toggle: this.#togglePin })} ${settings}`);
  }

  protected override get runLabel(): string {
    if (!this.hasResult) return super.runLabel;
    return this.mode === 'walk' ? this.texts.onward : this.texts.another;
  }

  #togglePin = (): void => {
    this.pinned = this.pinned ? undefined : { recipe: this.recipe, made: this.made };
    this.setQuietly('pin', this.pinned ? '{}' : '');
  };

  /** In what `a` is not as `b`: "Class Bag, seed 3". */
  #inWords(a: Recipe, b: Recipe): string {
    const { labels, values, comma } = this.texts;
    const names: Record<string, Record<string, string>> = { ...values, label: this.#classes() };
    return Object.entries(differing(a, b))
      .filter(([name]) => RELEVANT[a.mode].includes(name as keyof Recipe) && name !== 'z')
      .map(([name, value]) => `${labels[name]} ${names[name]?.[String(value)] ?? value}`)
      .join(comma);
  }

  // --- Settings --------------------------------------------------------------------------------------

  /** Label -> name; as many as the network takes. */
  #classes(): Record<string, string> {
    const names = this.manifest ? classNames(this.manifest, currentPage().lang) : [];
    const classes = Array.from({ length: this.shape?.classes ?? 0 }, (_, i) => [String(i), names[i] ?? String(i)]);
    return { '-1': this.texts.all, ...Object.fromEntries(classes) };
  }

  protected override renderPanel() {
    return sheet(this.texts, this.renderControls(), texts().more, this.renderMore());
  }

  protected override renderControls() {
    const classes = Object.entries(this.#classes()).sort(([a], [b]) => Number(a) - Number(b));
    const choose = (event: Event) => this.setState('label', (event.target as HTMLSelectElement).value);
    return html`
      ${classes.length > 1
        ? html`<label class="live-field"><span>${this.texts.labels['label']}</span>
            <select @change=${choose}>${classes.map(([value, name]) => html`<option value=${value} .selected=${value === String(this.label)}>${name}</option>`)}</select></label>`
        : nothing}
      ${isAlone(this) ? nothing : this.slider('count', { max: 36 })} ${this.#rolled('seed')} ${this.mode === 'walk' ? this.#rolled('to') : nothing}
    `;
  }

  protected override renderMore() {
    return html`
      ${this.mode === 'plane' ? this.#rolled('turn') : nothing}
      <button type="button" class="live-button" ?disabled=${this.busy || !this.hasResult} @click=${this.#save}>${icon('save')} ${texts().save}</button>
    `;
  }

  #rolled(name: 'seed' | 'to' | 'turn') {
    return rolled(this.control(name), this.texts.labels[name]!, () => this.setState(name, (this[name] + 1) % 1_000_000));
  }

  #save = async (): Promise<void> => {
    const settings = Object.entries({ model: this.model, ...this.state }).map(([name, value]) => `${name}=${value}`);
    const name = `${this.model}_${this.mode}_seed${this.seed}.png`;
    await savePng(this.querySelector<HTMLCanvasElement>('canvas.live-b')!, name, settings.join(' '));
    this.message = texts().saved(name);
  };

  // --- Numbers ---------------------------------------------------------------------------------------

  protected override facts(): [string, string][] {
    const { made, texts: t } = this;
    return [
      [t.calls, made ? '1' : '–'],
      [t.perImage, made ? `${(made.ms / made.images).toFixed(1)} ms` : '–'],
    ];
  }

  protected override numbers(): [string, string][] {
    const { manifest, shape, texts: t } = this;
    if (!manifest || !shape) return [];
    return [
      [t.model, t.parameters(manifest.parameters, formatBytes(modelBytes(manifest)))],
      [t.latent, String(shape.latent)],
    ];
  }
}

customElements.define('image-generator', ImageGenerator);
