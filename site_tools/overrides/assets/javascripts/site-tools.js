// Mends what Material's own scripts put into a page after it has loaded, and what they ask of the search.
(() => {
  const boxes = '.md-typeset__scrollwrap, .formula, .md-typeset pre > code, pre.notebook-output';

  function mend() {
    // the copy button sits in a landmark without a name, one for every block of code
    for (const nav of document.querySelectorAll('nav.md-code__nav:not([role])')) nav.setAttribute('role', 'none');
    // what scrolls sideways must be reachable by keyboard, and only what scrolls
    for (const box of document.querySelectorAll(boxes)) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute('tabindex');
    }
  }

  // The index holds 上传 and PPT apart, Material's search asks for 上传PPT as one word: a query (message 2) gets a blank
  // wherever Chinese meets anything else that makes words.
  const send = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.type === 2 && typeof message.data === 'string') {
      message = { ...message, data: message.data.replace(/\p{sc=Han}(?=[\w\u0370-\u03ff])|[\w\u0370-\u03ff](?=\p{sc=Han})/gu, '$& ') };
    }
    return send.call(this, message, ...rest);
  };

  // a path breaks after a slash, not inside a name; copied it is as it was
  for (const code of document.querySelectorAll('.md-typeset :not(pre) > code')) {
    if (code.children.length === 0 && code.textContent.includes('/')) {
      code.replaceChildren(...code.textContent.match(/\/*[^/]+$|\/*[^/]+\/+|\/+/g).flatMap((part) => [part, document.createElement('wbr')]));
    }
  }

  // browsers before 2023 or 2024 do not make a shadow root of what the page brings for one
  for (const template of document.querySelectorAll('template[shadowrootmode]')) {
    template.parentElement.attachShadow({ mode: 'open' }).append(template.content);
    template.remove();
  }

  // fires once at the start, when tables and fonts have settled, when a fold opens and when the window turns
  const watch = () => new ResizeObserver(() => requestAnimationFrame(mend)).observe(document.querySelector('article') ?? document.body);
  addEventListener('load', watch);
})();
