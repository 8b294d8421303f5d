// The body of an async function that any engine runs in a course page: use every demo as a reader would.
// Returns [{ tag, phase, pictured, alert }] in the order of the page.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (condition, seconds) => {
  for (let waited = 0; waited < seconds * 1000; waited += 50) {
    const value = condition();
    if (value) return value;
    await pause(50);
  }
  return undefined;
};
const results = [];
for (const figure of document.querySelectorAll('.live-figure')) {
  figure.scrollIntoView({ block: 'center', behavior: 'instant' });
  const demo = figure.firstElementChild;
  const ready = await until(() => demo.querySelector('.live-frame'), 20);
  if (ready) {
    demo.querySelector('.live-cover .exercise-skip')?.click();
    await until(() => !demo.covered && demo.querySelector('.live-stage'), 5);
    if (demo.phase !== 'running') await demo.run();
    await until(() => demo.phase === 'ready' || demo.phase === 'error', 60);
    await pause(100);
  }
  // a board that a reader draws on has few greys of its own: what was made of it stands in another canvas
  const colours = [...demo.querySelectorAll('canvas')].map((canvas) => {
    const seen = new Set();
    const pixels = canvas.width && canvas.height ? canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data : [];
    for (let i = 0; i < pixels.length; i += 4) seen.add(pixels[i] + 256 * pixels[i + 3]);
    return seen.size;
  });
  const drawn = demo.querySelector('github-window')?.shadowRoot.querySelector('.github:not([hidden]) .page')?.childElementCount > 0;
  results.push({ tag: demo.localName, phase: demo.phase ?? '', pictured: Math.max(0, ...colours) > 8 || drawn, alert: demo.querySelector('[role=alert]')?.textContent ?? '' });
}
return results;
