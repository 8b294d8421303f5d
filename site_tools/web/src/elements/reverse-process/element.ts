/** <reverse-process>: noise becomes images, one visible step after the other. */
import { followKeys } from '../../frame/beamer.ts';
import { goalChip } from '../../frame/goal.ts';
import { differing, pinButton } from '../../frame/pin.ts';
import { rolled } from '../../frame/rolled.ts';
import { sheet, sheetButton } from '../../frame/sheet.ts';
import { shot } from '../../frame/shot.ts';
import { savePng } from '../../images/png.ts';
import { modelBytes } from '../../runtime/manifest.ts';
import { median } from '../../runtime/network.ts';
import { SAMPLERS } from '../../maths/samplers.ts';
import { inWords, labelNames, samplerNames } from './names.ts';
import { paintScene } from './paint.ts';
import { Sampling } from './sampling.ts';
import { betweenFilm, timeFilm } from './stage.ts';
import { COUNT, frameAt } from './trajectory.ts';
import { formatBytes, html, icon, nothing, texts } from '../../shared.ts';

class ReverseProcess extends Sampling {
  #endKeys = (): void => {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.#endKeys = followKeys(this, {
      play: () => (this.hasResult ? this.#play() : this.run()),
      step: (by) => this.#scrub(this.at + by / Math.max(1, (this.made?.length ?? 1) - 1)),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#endKeys();
  }

  // --- Looking ---------------------------------------------------------------------------------------

  #play = async (): Promise<void> => {
    const replay = ++this.moved;
    const last = this.made!.length - 1;
    for (let i = 0; i <= last && replay === this.moved; i++) {
      this.at = i / last;
      await new Promise((resolve) => setTimeout(resolve, Math.min(120, 2400 / last)));
    }
  };

  #scrub = (at: number): void => {
    this.moved++;
    this.at = Math.max(0, Math.min(1, at));
  };

  #togglePin = (): void => {
    this.pinned = this.pinned ? undefined : { recipe: this.recipe, made: this.made };
    this.setQuietly('pin', this.pinned ? '{}' : '');
  };

  protected override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    const made = this.made ?? this.still;
    if (!made || !['at', 'which', 'still', 'made', 'few', 'view', 'pinned', 'covered', 'phase', 'starts'].some((name) => changed.has(name))) return;
    const { few, view, at, which } = this;
    const alone = this.starts === 'between';
    paintScene(this, { made, few, kept: this.pinned?.made, view, at, which: alone ? which : 0, alone });
  }

  // --- Stage -----------------------------------------------------------------------------------------

  protected override renderStart() {
    return html`<div class="live-picture">${shot('live-b', this.texts.noise(COUNT))}</div>`;
  }

  protected override renderStage(poster: Node[]) {
    const t = this.texts;
    const { hasResult, pinned, busy, made } = this;
    const failed = this.phase === 'error' && !hasResult;
    const about = made ? t.stage(t.values['view']![this.view]!, COUNT, frameAt(made, this.at).t.toFixed(2)) : t.noise(COUNT);
    const { comparison } = this;
    return html`
      <div class="live-picture ${hasResult || busy || pinned ? '' : 'live-standing'} ${pinned ? 'live-pair' : ''}">
        <div class="live-poster-slot" ?hidden=${!failed}>${poster}</div>
        ${pinned ? shot('live-a', t.pinnedStage, html`<b>A</b> ${inWords(differing(pinned.recipe, this.recipe), this.manifest)}`) : nothing}
        ${failed ? nothing : shot('live-b', about, pinned ? html`<b>B</b> ${inWords(differing(this.recipe, pinned.recipe), this.manifest)}` : nothing)}
        ${comparison && comparison.same < comparison.count ? shot('live-difference', t.difference, html`|A − B|`) : nothing}
        ${comparison ? html`<p class="live-compared">${t.compared(comparison)}</p>` : nothing}
      </div>
      ${this.starts === 'between' ? betweenFilm(this.which, t, !hasResult, (which) => (this.which = which)) : nothing}
      ${timeFilm({ made, at: this.at, t, view: this.segments('view'), still: busy, play: this.#play, scrub: this.#scrub })}
      ${this.renderActions()} ${goalChip(this)}
    `;
  }

  protected override renderActions() {
    const settings = sheetButton(this.texts);
    if (!this.hasResult) return super.renderActions(settings);
    return super.renderActions(html`${pinButton(this.texts.pin, { pressed: !!this.pinned, disabled: this.busy, toggle: this.#togglePin })} ${settings}`);
  }

  protected override get runLabel(): string {
    return this.hasResult && !this.stale ? this.texts.another : super.runLabel;
  }

  // --- Settings --------------------------------------------------------------------------------------

  protected override renderPanel() {
    return sheet(this.texts, this.renderControls(), texts().more, this.renderMore());
  }

  protected override renderControls() {
    return html`
      ${this.control('label', labelNames(this.manifest))} ${this.control('sampler', samplerNames())} ${this.slider('steps', { max: 100 })}
      ${SAMPLERS[this.sampler].eta ? this.slider('eta') : nothing} ${this.slider('guidance')} ${this.#rolled('path')} ${this.segments('starts')}
    `;
  }

  protected override renderMore() {
    return html`
      ${this.#rolled('seed')} ${this.control('schedule')}
      <button type="button" class="live-button" ?disabled=${this.busy || !this.hasResult} @click=${this.#save}>${icon('save')} ${texts().save}</button>
    `;
  }

  #rolled(name: 'seed' | 'path') {
    return rolled(this.control(name), this.texts.labels[name]!, () => this.setState(name, (this[name] + 1) % 1_000_000));
  }

  #save = async (): Promise<void> => {
    const settings = Object.entries({ model: this.model, ...this.state }).map(([name, value]) => `${name}=${value}`);
    const name = `${this.model}_${this.sampler}_${this.steps}steps_seed${this.seed}_class-${this.label}_g${this.guidance}.png`;
    await savePng(this.querySelector<HTMLCanvasElement>('canvas.live-b')!, name, settings.join(' '));
    this.message = texts().saved(name);
  };

  // --- Numbers ---------------------------------------------------------------------------------------

  protected override facts(): [string, string][] {
    const { made, texts: t } = this;
    return [
      [t.calls, made ? t.nfe(made.nfe, made.times.length) : '–'],
      [t.time, made ? texts().seconds(made.seconds.toFixed(2)) : '–'],
    ];
  }

  protected override numbers(): [string, string][] {
    const { made, manifest, comparison, texts: t } = this;
    return [
      [t.perCall, made?.times.length ? `${median(made.times).toFixed(0)} ms` : '–'],
      ...(comparison ? [[t.largest, t.levels(comparison.largest)] as [string, string]] : []),
      ...(manifest ? [[t.model, t.parameters(manifest.parameters, formatBytes(modelBytes(manifest)))] as [string, string]] : []),
    ];
  }
}

customElements.define('reverse-process', ReverseProcess);
