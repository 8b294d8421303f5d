/**
 * <lesson-cards>: the lessons of a chapter. The plugin writes the cards as plain links; this adds what the reader has
 * done, and where to go on.
 */
import { currentPage, doneOn, forgetDone } from '../../shared.ts';
import { countDone, whereToGoOn } from './progress.ts';
import { cardTexts } from './texts.ts';

interface Card {
  element: HTMLElement;
  page: string;
  done: number;
  of: number;
}

/** The cards of the whole page: where to go on is asked across chapters. */
function readCards(): Card[] {
  return [...document.querySelectorAll<HTMLElement>('lesson-cards .lesson-card')].map((element) => {
    const { page = '', exercises = '' } = element.dataset;
    const ids = exercises.split(' ').filter(Boolean);
    return { element, page, done: countDone(ids, doneOn(page)), of: ids.length };
  });
}

class LessonCards extends HTMLElement {
  connectedCallback(): void {
    this.#update();
    // a page that comes back from the browser's memory, and an answer given in another tab
    addEventListener('pageshow', this.#update);
    addEventListener('storage', this.#update);
  }

  disconnectedCallback(): void {
    removeEventListener('pageshow', this.#update);
    removeEventListener('storage', this.#update);
  }

  #update = (): void => {
    const t = cardTexts[currentPage().lang];
    const cards = readCards();
    const next = whereToGoOn(cards, doneOn('').join(' '));
    for (const { element, page, done, of } of cards.filter((card) => this.contains(card.element))) {
      const questions = element.querySelector<HTMLElement>('.lesson-questions');
      if (questions) {
        questions.dataset['plain'] ??= questions.textContent ?? '';
        questions.textContent = done === 0 ? questions.dataset['plain'] : t.done(done, of);
      }
      element.toggleAttribute('data-done', of > 0 && done === of);
      element.style.setProperty('--done', String(of ? done / of : 0));
      const title = element.querySelector('.lesson-title')!;
      const badge = element.querySelector('.lesson-next');
      if (page !== next) badge?.remove();
      else if (!badge) title.before(made('span', 'lesson-next', t.goOn), ' ');
    }
    this.#offerToForget(cards);
  };

  /** Below the last cards of the page, once there is something to forget. */
  #offerToForget(cards: Card[]): void {
    const last = this.contains(cards.at(-1)?.element ?? null);
    const offer = this.querySelector('.lesson-kept');
    if (!last || !cards.some((card) => card.done > 0)) return offer?.remove();
    if (offer) return;
    const t = cardTexts[currentPage().lang];
    const button = made('button', 'lesson-forget', t.forget);
    button.type = 'button';
    button.addEventListener('click', () => {
      if (!confirm(t.sure)) return;
      for (const page of ['', ...cards.map((card) => card.page)]) forgetDone(page);
      dispatchEvent(new Event('storage')); // every chapter looks again
      cards.at(-1)?.element.querySelector('a')?.focus({ preventScroll: true }); // the button has gone
    });
    const line = made('p', 'lesson-kept', t.kept);
    line.append(' ', button);
    this.append(line);
  }
}

function made<Tag extends 'p' | 'span' | 'button'>(tag: Tag, className: string, text: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

customElements.define('lesson-cards', LessonCards);
