/** <github-simulator>: GitHub's own pages to practise on, without an account, a network or a memory. */
import { coach, certificate, checklist, desk, mailbox } from './coach.ts';
import { pageOf } from './pages.ts';
import type { Ui } from './parts.ts';
import type { DeskFile } from './rules.ts';
import { step, type Action } from './actions.ts';
import { begin, type Simulation, type Start } from './simulation.ts';
import { taskOf } from './tasks.ts';
import { githubTexts } from './texts.ts';
import { GithubWindow } from './window.ts';
import { currentPage, elementSpec, html, LiveElement, nothing, stateProperties } from '../../shared.ts';
import declared from './spec.json';

const spec = elementSpec(declared);

/** How long an upload seems to take, in milliseconds: long enough to commit too early. */
const UPLOAD_TIME = 3000;
const DRAG_TYPE = 'application/x-desk-file';

class GithubSimulator extends LiveElement {
  static override get spec() {
    return spec;
  }
  static override get properties() {
    return { ...stateProperties(spec), simulation: { state: true } };
  }
  declare start: Start;
  declare simulation: Simulation;
  #upload: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.simulation = begin('account');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.simulation = begin(this.start);
    this.phase = 'ready';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#upload);
  }

  protected get texts() {
    return githubTexts[currentPage().lang];
  }

  protected override get hasResult(): boolean {
    return true;
  }

  /** From the beginning; nothing of the last round is left. */
  protected override async execute(): Promise<void> {
    clearTimeout(this.#upload);
    this.simulation = begin(this.start);
    this.message = '';
  }

  readonly #ui: Ui = {
    drawn: false,
    send: (action) => this.send(action),
    choose: () => this.querySelector<HTMLElement>('.desk-file')?.focus(),
  };

  send(action: Action): Simulation {
    const before = this.simulation;
    this.simulation = step(before, action);
    if (this.simulation.screen !== before.screen) void this.#enter();
    if (action.type === 'add' && this.simulation.problems.files) void this.#show('.flash');
    if (action.type === 'add' && this.simulation.waiting !== before.waiting) {
      clearTimeout(this.#upload);
      this.#upload = setTimeout(() => this.send({ type: 'uploaded' }), UPLOAD_TIME);
    }
    return this.simulation;
  }

  /** Bring a part of the page onto the screen, if it is not there. */
  async #show(part: string): Promise<void> {
    await this.updateComplete;
    await this.#window.updateComplete;
    this.#window.shadowRoot!.querySelector(part)?.scrollIntoView({ block: 'nearest', behavior: this.calm ? 'auto' : 'smooth' });
  }

  get #window(): GithubWindow {
    return this.querySelector<GithubWindow>('github-window')!;
  }

  /** A new page in the window: its top on the screen, below the coach, and the keyboard inside. */
  async #enter(): Promise<void> {
    await this.updateComplete;
    await this.#window.enter();
    const covered = this.querySelector('.coach')!.getBoundingClientRect().bottom;
    if (this.#window.getBoundingClientRect().top < covered - 1) {
      this.querySelector('.live-stage')!.scrollIntoView({ block: 'start', behavior: this.calm ? 'auto' : 'smooth' });
    }
  }

  protected override focusFirst(): void {
    void this.#window.enter();
  }

  protected override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    this.#window?.style.setProperty('--upload-time', `${UPLOAD_TIME}ms`); // the bar of the drawn page runs as long
  }

  // --- Dragging --------------------------------------------------------------------------------------

  #mark(zone: HTMLElement | undefined): void {
    this.#window.shadowRoot!.querySelector('[data-drop]')?.classList.toggle('over', zone !== undefined);
  }

  #dropZone(event: Event): HTMLElement | undefined {
    return event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && 'drop' in node.dataset);
  }

  /** All of the window takes what is dragged: a browser would open a file that misses the box, and leave the page. */
  #dragOver = (event: DragEvent): void => {
    event.preventDefault();
    const zone = this.#dropZone(event);
    if (!zone && event.dataTransfer) event.dataTransfer.dropEffect = 'none';
    this.#mark(zone);
  };

  #drop = (event: DragEvent): void => {
    event.preventDefault();
    this.#mark(undefined);
    if (!this.#dropZone(event) || !event.dataTransfer) return;
    // A folder says its own size, not that of its files.
    if ([...event.dataTransfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory)) {
      this.send({ type: 'learn', lesson: 'whole-folder' });
      return;
    }
    const own = event.dataTransfer.getData(DRAG_TYPE); // of another tab's desk, perhaps, which may hold more than this one
    // Of the reader's own files only name and size are looked at.
    const files: DeskFile[] = own ? this.simulation.desk.filter(({ name }) => name === own) : [...event.dataTransfer.files].map(({ name, size }) => ({ name, bytes: size }));
    if (files.length) this.send({ type: 'add', files });
  };

  #take = (file: DeskFile, event: DragEvent): void => event.dataTransfer?.setData(DRAG_TYPE, file.name);

  // --- Frame -----------------------------------------------------------------------------------------

  protected override renderStage() {
    const { simulation, texts } = this;
    const { address, page } = pageOf(simulation, this.#ui);
    const finished = taskOf(simulation) === 'finished';
    return html`
      ${coach(simulation, texts, (way) => this.send({ type: 'way', way }))}
      ${simulation.screen === 'verify' ? mailbox(simulation, texts, (folder) => this.send({ type: 'folder', folder })) : nothing}
      ${simulation.screen === 'upload' ? desk(simulation, texts, (file) => this.send({ type: 'add', files: [file] }), this.#take) : nothing}
      <github-window class="github-host" address=${address} ribbon=${texts.ribbon} .page=${page} 
        @dragover=${this.#dragOver} @dragleave=${() => this.#mark(undefined)} @drop=${this.#drop}></github-window>
      ${finished ? certificate(simulation, texts) : nothing}
    `;
  }

  protected override renderControls() {
    return html`${this.control('start')} ${checklist(this.simulation, this.texts)}`;
  }

  protected override changed(): void {
    void this.run();
  }

  /** To begin again is not what a reader is meant to do next. */
  protected override renderActions() {
    const finished = taskOf(this.simulation) === 'finished';
    return html`
      <div class="live-actions">
        ${finished ? html`<button type="button" class="live-button live-primary" @click=${this.#print}>${this.texts.print}</button>` : nothing}
        <button type="button" class="live-button" @click=${this.run}>${this.texts.restart}</button>
      </div>
    `;
  }

  /** This figure alone on the paper. */
  #print = (): void => {
    const root = document.documentElement;
    root.classList.add('live-print-one');
    this.classList.add('live-printed');
    addEventListener('afterprint', () => {
      root.classList.remove('live-print-one');
      this.classList.remove('live-printed');
    }, { once: true });
    print();
  };
}

customElements.define('github-window', GithubWindow);
customElements.define('github-simulator', GithubSimulator);
