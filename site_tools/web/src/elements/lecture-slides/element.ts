/**
 * <lecture-slides>: a deck to page through. The plugin writes a strip that scrolls and snaps, and links to its
 * slides; this adds buttons, keys, the number of the slide, full screen, and an address that follows.
 */
import { slideAt, slideOfHash, slideOfKey } from './position.ts';
import { lectureTexts } from './texts.ts';
import { expand, next, previous, shrink } from '../../page/icon-paths.ts';
import { prefersCalm } from '../../page/observe.ts';
import { pageTexts } from '../../page/page-texts.ts';
import { currentPage } from '../../page/page.ts';

/** Milliseconds without a scroll event after which the strip has come to rest. */
const REST = 120;
/** Milliseconds after a change of size in which a scroll is the browser's, which snaps anew and not always right. */
const SETTLE = 300;

class LectureSlides extends HTMLElement {
  #strip!: HTMLElement;
  #slides: HTMLElement[] = [];
  #thumbs: HTMLAnchorElement[] = [];
  #bar = document.createElement('div');
  #back = toolButton(() => this.#step(-1));
  #position = document.createElement('span');
  #on = toolButton(() => this.#step(1));
  #full = toolButton(() => void this.#toggleFullScreen());
  #status = document.createElement('p');
  #current = 1;
  /** Where a button or key leads, until the strip has arrived: slides passed on the way are not news. */
  #goal: number | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** The strip's width when it was last in place: a turned phone scrolls before it says that it has turned. */
  #width = 0;
  #settled = 0;
  #resize = new ResizeObserver(() => this.#resized());

  connectedCallback(): void {
    if (this.#slides.length === 0) this.#build();
    this.#resize.observe(this.#strip);
    document.addEventListener('keydown', this.#onKey);
    addEventListener('hashchange', this.#onHash);
    addEventListener('afterprint', this.#resized);
    addEventListener('resize', this.#resized);
    this.#onHash();
  }

  disconnectedCallback(): void {
    this.#resize.disconnect();
    document.removeEventListener('keydown', this.#onKey);
    removeEventListener('hashchange', this.#onHash);
    removeEventListener('afterprint', this.#resized);
    removeEventListener('resize', this.#resized);
  }

  /** The slide that is shown. */
  get current(): number {
    return this.#current;
  }

  /** Show a slide, as a reader would. */
  go(number: number): void {
    if (number === (this.#goal ?? this.#current)) return;
    const far = Math.abs(number - this.#current) > 1;
    this.#goal = number;
    this.#scrollTo(number, far || prefersCalm() ? 'instant' : 'smooth');
    this.#show(number);
    this.#follow();
  }

  #build(): void {
    this.#strip = this.querySelector<HTMLElement>('.lecture-strip')!;
    this.#slides = [...this.#strip.querySelectorAll<HTMLElement>('.lecture-slide')];
    this.#thumbs = [...this.querySelectorAll<HTMLAnchorElement>('.lecture-thumbs a')];
    this.#bar.className = 'lecture-bar';
    this.#position.className = 'lecture-position';
    this.#position.setAttribute('aria-hidden', 'true');
    this.#full.classList.add('lecture-full');
    this.#bar.append(this.#back, this.#position, this.#on, ...(document.fullscreenEnabled ? [this.#full] : []));
    const t = lectureTexts[currentPage().lang];
    draw(this.#back, t.previous, previous);
    draw(this.#on, t.next, next);
    this.#status.className = 'lecture-status';
    this.#status.setAttribute('role', 'status');
    this.#strip.after(this.#bar, this.#status);
    this.#strip.addEventListener('scroll', this.#onScroll, { passive: true });
    for (const event of ['pointerenter', 'pointerdown', 'touchstart', 'keydown', 'focusin']) {
      this.addEventListener(event, this.#wake, { passive: true });
    }
    for (const event of ['pointerdown', 'wheel', 'touchstart']) {
      this.#strip.addEventListener(event, () => (this.#goal = undefined), { passive: true }); // the reader takes over
    }
    this.addEventListener('fullscreenchange', () => {
      if (document.fullscreenElement !== this) this.#closeGuest();
      this.#renderBar();
    });
    this.addEventListener('click', (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#slide-"], a.lecture-jump');
      const number = link && slideOfHash(link.getAttribute('href')!, this.#slides.length);
      if (!number || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault(); // the page stays where it is
      this.go(number);
    });
    this.addEventListener('click', (event) => {
      const link = (event.target as Element).closest<SVGAElement>('a.lecture-site');
      if (!link || document.fullscreenElement !== this || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault(); // leaving the page would end the full screen
      this.#openGuest(new URL(link.getAttribute('href')!, location.href).href, link);
    });
    this.#show(1);
  }

  // --- What is shown ---------------------------------------------------------------------------------

  #show(number: number): void {
    const changed = number !== this.#current;
    if (changed) this.#wake();
    this.#current = number;
    this.#renderBar();
    for (const [index, thumb] of this.#thumbs.entries()) {
      if (index === number - 1) thumb.setAttribute('aria-current', 'true');
      else thumb.removeAttribute('aria-current');
    }
    for (const [index, slide] of this.#slides.entries()) {
      // the keyboard goes on from the slide that is shown, and not back to the first one with a link
      for (const link of slide.querySelectorAll('a')) link.tabIndex = index === number - 1 ? 0 : -1;
    }
    this.#revealThumb();
    this.#showNotes();
    const title = this.#slides[number - 1]!.querySelector('img')!.alt;
    if (changed) this.#status.textContent = lectureTexts[currentPage().lang].shown(number, this.#slides.length, title);
  }

  /** From here on all pictures may load; before, those out of sight would only delay the page. */
  #wake = (): void => {
    this.dataset['awake'] = '';
  };

  #renderBar(): void {
    const count = this.#slides.length;
    const isFull = document.fullscreenElement === this;
    const t = pageTexts();
    // aria-disabled, not disabled: a button that is pressed on the last slide keeps the focus
    this.#back.setAttribute('aria-disabled', String(this.#current === 1));
    this.#on.setAttribute('aria-disabled', String(this.#current === count));
    this.#position.textContent = lectureTexts[currentPage().lang].position(this.#current, count);
    draw(this.#full, isFull ? t.leaveFullScreen : t.fullScreen, isFull ? shrink : expand);
  }

  /** Bring the current thumbnail into its row, without moving the page. */
  #revealThumb(): void {
    const thumb = this.#thumbs[this.#current - 1];
    const row = thumb?.parentElement;
    if (!thumb || !row) return;
    const left = thumb.offsetLeft - row.offsetLeft;
    row.scrollTo({ left: left - (row.clientWidth - thumb.offsetWidth) / 2, behavior: 'instant' });
  }

  /** The notes of the slide that is shown; the others wait. */
  #showNotes(): void {
    const section = this.parentElement?.querySelector('.lecture-notes');
    if (!section) return;
    let found = false;
    for (const block of section.querySelectorAll<HTMLElement>('[data-slide]')) {
      block.hidden = Number(block.dataset['slide']) !== this.#current;
      found ||= !block.hidden;
    }
    section.querySelector<HTMLElement>('.lecture-no-notes')!.hidden = found;
  }

  // --- Moving ----------------------------------------------------------------------------------------

  #step(by: number): void {
    const target = (this.#goal ?? this.#current) + by;
    if (target >= 1 && target <= this.#slides.length) this.go(target);
  }

  #scrollTo(number: number, behavior: ScrollBehavior): void {
    this.#strip.scrollTo({ left: (number - 1) * this.#strip.clientWidth, behavior });
  }

  /** Other sizes, other places: a turned phone and full screen keep the slide. */
  #resized = (): void => {
    this.#settled = performance.now() + SETTLE;
    this.#align();
  };

  #align(): void {
    this.#width = this.#strip.clientWidth;
    this.#scrollTo(this.#current, 'instant');
    this.#revealThumb();
  }

  /** On paper the slides stand below each other, and nothing scrolls. */
  get #isStrip(): boolean {
    return this.#slides.length > 1 && this.#strip.scrollWidth > this.#strip.clientWidth;
  }

  #onScroll = (): void => {
    if (!this.#isStrip) return;
    if (this.#strip.clientWidth !== this.#width || performance.now() < this.#settled) return this.#align();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#goal = undefined;
      this.#arrived();
    }, REST);
    if (this.#goal === undefined) this.#arrived();
  };

  #arrived(): void {
    if (!this.#isStrip) return;
    const number = slideAt(this.#strip.scrollLeft, this.#strip.clientWidth, this.#slides.length);
    if (number === this.#current) return;
    this.#show(number);
    this.#follow();
  }

  #follow(): void {
    try {
      history.replaceState(history.state, '', `#slide-${this.#current}`);
    } catch {
      // too many in a row for this browser: the next one will do
    }
  }

  /** A link to a slide, or to its text or notes, from outside or from elsewhere on the page. */
  #onHash = (): void => {
    const number = slideOfHash(location.hash, this.#slides.length);
    if (!number) return;
    this.#goal = undefined;
    this.#scrollTo(number, 'instant');
    if (number !== this.#current) this.#show(number);
    if (location.hash.endsWith('-notes')) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  };

  /** Keys count inside the element, and left and right also where nothing else has the focus. */
  #onKey = (event: KeyboardEvent): void => {
    const target = event.target as Element;
    const full = document.fullscreenElement === this;
    const inside = full || this.contains(target);
    if (inside) event.stopPropagation(); // Material's shortcuts: n would leave the page
    if (this.#guest) return; // the slides wait behind it
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!inside && !(target === document.body && /^Arrow(Left|Right)$/.test(event.key))) return;
    if (!full && /^Arrow(Up|Down)$/.test(event.key)) return; // scrolls the page
    if (event.key === ' ' && target.closest('button, a')) return; // presses it
    const number = slideOfKey(event.key, this.#goal ?? this.#current, this.#slides.length, event.shiftKey);
    if (number === undefined) return;
    event.preventDefault();
    this.go(number);
  };

  // --- A demo over the slides ------------------------------------------------------------------------

  #guest: HTMLElement | undefined;
  /** What had the keyboard before. */
  #host: SVGAElement | undefined;

  /** A page of this site in front of the slides, until the reader goes back to them. */
  #openGuest(address: string, host: SVGAElement): void {
    this.#closeGuest();
    const t = lectureTexts[currentPage().lang];
    this.#host = host;
    this.#guest = document.createElement('div');
    this.#guest.className = 'lecture-guest';
    const frame = document.createElement('iframe');
    frame.src = address;
    frame.title = t.guest;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'live-button live-primary';
    button.append(picture(previous), ` ${t.back}`);
    button.addEventListener('click', () => this.#closeGuest());
    this.#guest.append(frame, button);
    this.append(this.#guest);
    button.focus();
  }

  #closeGuest(): void {
    this.#guest?.remove();
    this.#guest = undefined;
    this.#host?.focus({ preventScroll: true });
    this.#host = undefined;
  }

  #toggleFullScreen = async (): Promise<void> => {
    if (document.fullscreenElement === this) return document.exitFullscreen();
    await this.requestFullscreen().then(
      () => this.#strip.focus({ preventScroll: true }),
      () => {}, // refused: nothing is lost
    );
  };
}

function toolButton(onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'live-tool';
  button.addEventListener('click', onClick);
  return button;
}

/** Give a button its name and its icon. */
function draw(button: HTMLButtonElement, name: string, path: string): void {
  if (button.title === name) return;
  button.title = name;
  button.setAttribute('aria-label', name);
  button.replaceChildren(picture(path));
}

function picture(path: string): SVGElement {
  const template = document.createElement('template');
  template.innerHTML = `<svg class="live-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}" /></svg>`;
  return template.content.firstChild as SVGElement;
}

customElements.define('lecture-slides', LectureSlides);
