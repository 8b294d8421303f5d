// Whoever changes the language stays where they are: the place on the page, the answers given, the settings of the
// demos and the colours go along. The twin has the same blocks in the same order.
(() => {
  const KEY = 'language-switch';
  const LINE = 70; // below the site's header, in pixels
  const page = document.querySelector('.md-content__inner'); // a search brings further articles
  const blocks = () => [...page.querySelectorAll('h1, h2, h3, h4, figure, .live-exercise, table, .admonition, details')];
  const inputs = (exercise) => [...exercise.querySelectorAll('.exercise-answer input')];
  const buttons = (exercise) => exercise.querySelectorAll('.exercise-actions button');
  const top = (block) => block.getBoundingClientRect().top;
  const drawn = (block) => block.getClientRects().length > 0;

  /** The last block that begins above the line, and how far the line is on the way to the next one. */
  function place() {
    const all = blocks();
    const above = all.findLastIndex((block) => drawn(block) && top(block) <= LINE);
    if (above < 0) return undefined;
    return { block: above, of: all.length, share: (LINE - top(all[above])) / length(all, above) };
  }

  function length(all, index) {
    const next = all.slice(index + 1).find((block) => drawn(block) && top(block) > top(all[index]));
    return Math.max(1, (next ? top(next) : document.body.getBoundingClientRect().bottom) - top(all[index]));
  }

  function scrollTo({ block, of, share }) {
    const all = blocks();
    const index = all.length === of ? block : Math.round((block / of) * all.length);
    if (all[index]) window.scrollBy({ top: top(all[index]) + share * length(all, index) - LINE, behavior: 'instant' });
  }

  // --- Leaving ---------------------------------------------------------------------------------------

  function leave(link) {
    const demos = [...document.querySelectorAll('.live-figure')].map(({ id, firstElementChild: demo }) => [id, demo?.state]);
    const linked = new URLSearchParams(location.search).get('demo');
    const shown = demos.find(([id, state]) => state && id === linked);
    if (shown) link.search = new URLSearchParams({ demo: linked, ...shown[1] });
    link.hash = location.hash;
    const left = {
      page: link.pathname,
      place: place(),
      demos: demos.filter(([, state]) => state),
      answers: [...document.querySelectorAll('.live-exercise')].map((exercise) => ({
        id: exercise.id,
        values: inputs(exercise).map((input) => (input.type === 'radio' ? input.checked : input.value)),
        checked: ['right', 'wrong'].includes(exercise.dataset.verdict),
        skipped: exercise.dataset.verdict === 'open' && buttons(exercise).length === 1,
      })),
    };
    sessionStorage.setItem(KEY, JSON.stringify(left));
    // the theme keeps its colours for each language apart
    const rest = location.pathname.slice(__md_scope.pathname.length);
    const palette = __md_get('__palette');
    if (palette && link.pathname.endsWith(rest)) {
      const root = link.pathname.slice(0, link.pathname.length - rest.length);
      __md_set('__palette', palette, localStorage, new URL(root, location));
    }
  }

  for (const link of document.querySelectorAll('.course-language')) {
    link.addEventListener('click', () => {
      try {
        leave(link);
      } catch {
        // storage is forbidden, or this page is not as expected: the link works all the same
      }
    });
  }

  // --- Arriving --------------------------------------------------------------------------------------

  function arrived() {
    try {
      const left = JSON.parse(sessionStorage.getItem(KEY));
      sessionStorage.removeItem(KEY);
      return left?.page === location.pathname ? left : undefined;
    } catch {
      return undefined;
    }
  }

  function answer({ id, values, checked, skipped }) {
    const exercise = document.getElementById(id);
    if (!exercise) return;
    for (const [i, input] of inputs(exercise).entries()) {
      if (input.type === 'radio') input.checked = values[i] === true;
      else if (values[i]) input.value = values[i];
    }
    if (values.length && checked) buttons(exercise)[0]?.click();
    else if (skipped) buttons(exercise)[1]?.click();
  }

  const left = arrived();
  if (!left) return;
  // attributes are the state, and the elements' scripts come later
  for (const [id, state] of left.demos) {
    const demo = document.getElementById(id)?.firstElementChild;
    for (const [name, value] of Object.entries(state)) demo?.setAttribute(name, value);
  }
  let moved = false;
  for (const event of ['wheel', 'touchstart', 'keydown', 'pointerdown']) addEventListener(event, () => (moved = true), { once: true, passive: true });
  const settle = () => left.place && !moved && scrollTo(left.place);
  settle();
  // demos and pictures above the place come and grow
  const growth = new ResizeObserver(settle);
  growth.observe(page);
  addEventListener('load', () => setTimeout(() => growth.disconnect(), 3000));
  customElements.whenDefined('live-exercise').then(() => left.answers.forEach(answer));
})();
