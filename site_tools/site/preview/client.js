// Put into every page by `mkdocs serve`: loads it anew when it has changed, and shows mistakes over the page as it was.
(() => {
  const { dataset, src } = document.currentScript;
  const zh = document.documentElement.lang.startsWith('zh');
  const TITLE = zh ? '这是改动之前的网页；改好下面的问题，它会自己更新：' : 'This is the page as it was; it updates by itself once this is put right:';
  const PLACE = /^(.+?:\d+|.+?: cell \d+(?:, line \d+)?): /; // file and line, or cell of a notebook
  const RETRY_MS = 1000;
  let asking; // while the page is seen: a browser has few connections for one server
  let since = 0; // what has been told; the page itself is of version dataset.version

  /** One element; styles go through the object model, where the page's policy does not reach. */
  function make(name, style, ...children) {
    const element = document.createElement(name);
    element.style.cssText = style;
    element.append(...children);
    return element;
  }

  function show(problems) {
    document.getElementById('preview-problems')?.remove();
    if (!problems.length) return;
    const items = problems.map((problem) => {
      const place = PLACE.exec(problem);
      const words = make('span', 'white-space: pre-wrap', place ? problem.slice(place[0].length) : problem);
      const where = place ? [make('code', 'display: block; font: bold 14px monospace', place[1])] : [];
      return make('li', 'margin: 0.6em 0 0; list-style: none', ...where, words);
    });
    const list = make('ul', 'margin: 0; padding: 0', ...items);
    const style =
      'all: initial; position: fixed; z-index: 99; inset: auto 0 0 0; max-height: 60vh; overflow: auto; padding: 14px 20px;' +
      'background: #7a1020; color: #fff; font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; box-shadow: 0 0 12px #0008';
    const box = make('div', style, make('strong', 'font-weight: bold', TITLE), list);
    box.id = 'preview-problems';
    box.setAttribute('role', 'alert');
    document.body.append(box);
  }

  async function follow(signal) {
    while (!signal.aborted) {
      try {
        const query = new URLSearchParams({ since, version: dataset.version, page: location.pathname });
        const told = await (await fetch(`${new URL('state', src)}?${query}`, { signal })).json();
        if (told.reload) return location.reload();
        since = told.version;
        show(told.problems);
      } catch {
        // the server has ended, or the tab is no longer seen
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return undefined;
  }

  function look() {
    asking?.abort();
    if (document.visibilityState !== 'visible') return;
    asking = new AbortController();
    follow(asking.signal);
  }

  document.addEventListener('visibilitychange', look);
  addEventListener('pagehide', () => asking?.abort());
  addEventListener('pageshow', (event) => event.persisted && look());
  look();
})();
