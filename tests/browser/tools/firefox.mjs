// node firefox.mjs PROGRAM SCRIPT URL...   runs the body of an async function in each page of a real Firefox.
// Prints one JSON line a page: { result, errors }.
import { readFileSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const [program, script, ...urls] = process.argv.slice(2);
const body = readFileSync(script, 'utf8');
const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: program,
  headless: true,
  protocolTimeout: 120_000,
  extraPrefsFirefox: { 'security.fileuri.strict_origin_policy': true }, // as readers have it: a file may not read its neighbours
});
try {
  for (const url of urls) {
    const page = await browser.newPage();
    const errors = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(url, { waitUntil: 'load', timeout: 60_000 });
    const result = await page.evaluate(`(async () => { ${body} })()`);
    console.log(JSON.stringify({ result, errors }));
    await page.close();
  }
} finally {
  await browser.close();
}
