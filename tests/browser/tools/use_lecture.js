// The body of an async function that any engine runs on a lecture page opened at #slide-3: use the viewer as a reader would.
// Returns what is shown after each step: [{ step, current, position, hash, scrolled, thumb }].
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
for (let waited = 0; waited < 20_000 && !document.querySelector('.lecture-position'); waited += 50) await pause(50);
const viewer = document.querySelector('lecture-slides');
const strip = viewer.querySelector('.lecture-strip');
const results = [];
const note = async (step) => {
  await pause(1200); // smooth scrolling takes its time
  results.push({
    step,
    current: viewer.current,
    position: viewer.querySelector('.lecture-position').textContent,
    hash: location.hash,
    scrolled: Math.round(strip.scrollLeft / strip.clientWidth) + 1,
    thumb: viewer.querySelector('.lecture-thumbs [aria-current]').hash,
  });
};
const press = (key) => strip.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
await note('opened');
press('ArrowRight');
await note('key');
viewer.querySelector('.lecture-bar button').click();
await note('button');
viewer.querySelector('.lecture-thumbs a[href="#slide-9"]').click();
await note('thumbnail');
strip.scrollBy({ left: strip.clientWidth, behavior: 'smooth' });
await note('swipe');
press('End');
await note('end');
return results;
