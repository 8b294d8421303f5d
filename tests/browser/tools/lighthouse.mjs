// node lighthouse.mjs RUNS URL...   prints one JSON line a page: the median of each score, and what lost points.
// Chrome is the program in CHROME_PATH, its flags are in CHROME_FLAGS.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const [runs, ...urls] = process.argv.slice(2);

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const chrome = await launch({ chromeFlags: ['--headless=new', ...(process.env.CHROME_FLAGS ?? '').split(' ')], logLevel: 'silent' });
try {
  for (const url of urls) {
    const results = [];
    for (let run = 0; run < Number(runs); run++) {
      const { lhr } = await lighthouse(url, { port: chrome.port, output: 'json', onlyCategories: CATEGORIES, logLevel: 'silent' });
      if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
      results.push(lhr);
    }
    const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(100 * median(results.map((r) => r.categories[name].score)))]));
    const last = results.at(-1);
    const lost = CATEGORIES.slice(1).flatMap((name) =>
      last.categories[name].auditRefs
        .map(({ id, weight }) => ({ audit: last.audits[id], weight }))
        .filter(({ audit, weight }) => weight > 0 && audit.score !== null && audit.score < 1)
        .map(({ audit }) => `${audit.id}: ${audit.title} ${JSON.stringify(audit.details?.items?.slice(0, 2) ?? '').slice(0, 400)}`),
    );
    console.log(JSON.stringify({ url, scores, lost }));
  }
} finally {
  chrome.kill();
}
