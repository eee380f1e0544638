// The pages that the command line writes, in a real browser: they stand alone, and their links open the explorer.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PAGE, SCREENS, browser, npy, openAt, program } from './browser.mjs';

let chromium, folder;
before(async () => {
  chromium = await browser();
  folder = await mkdtemp(path.join(tmpdir(), 'pages-'));
});
after(async () => {
  await chromium.close();
  await rm(folder, { recursive: true });
});

/** Samples of two modes, a share of them on the first; the same for the same seed. */
function samples(seed, share) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: 600 }, () => [(uniform() < share ? 3 : -3) + normal(), normal()]);
}

test('a diagnosis is a page that stands alone', { timeout: 240_000 }, async () => {
  const shares = [0.6, 0.55, 1, 0.62, 0, 0.6, 1, 0.58];
  const names = shares.map((_, i) => `run-${i + 1}.npy`);
  await Promise.all(names.map((name, i) => writeFile(path.join(folder, name), npy(samples(i + 1, shares[i])))));
  await program(['diagnose', ...names, '--out', 'out'], folder);
  for (const [screen, options] of Object.entries(SCREENS)) {
    const { page, complaints } = await openAt(chromium, pathToFileURL(path.join(folder, 'out/diagnose-report.html')), options);
    assert.match(await page.locator('body').textContent(), /3 of 8 collapsed/);
    for (const name of names) assert.equal(await page.getByRole('cell', { name, exact: true }).count(), 1, name);
    const [wide, drawings, words] = await page.evaluate(() => [
      document.scrollingElement.scrollWidth - window.innerWidth,
      [...document.querySelectorAll('svg')].map((svg) => [svg.getBoundingClientRect().width, svg.getBoundingClientRect().height]),
      [...document.querySelectorAll('p, li, td, th')].filter((node) => node.checkVisibility()).map((node) => Number.parseFloat(getComputedStyle(node).fontSize)),
    ]);
    assert.ok(wide <= 0, `${screen}: ${wide} pixels too wide`);
    assert.ok(drawings.length >= 2 && drawings.every(([width, height]) => width > 400 && height > 100), `${screen}: ${drawings}`);
    assert.ok(Math.min(...words) >= 12, `${screen}: words of ${Math.min(...words)} pixels`);
    if (process.env.SCREENSHOTS) {
      await mkdir(process.env.SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `diagnosis-${screen}.png`), fullPage: true });
    }
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test('a report links its experiments to the explorer', { timeout: 240_000 }, async () => {
  const experiments = ['trajectories-free', 'mean-field'];
  const only = experiments.flatMap((name) => ['--only', name]);
  await program(['reproduce', '--quick', ...only, '--explorer', String(pathToFileURL(PAGE)), '--configs', path.join(import.meta.dirname, '../../configs'), '--out', 'report'], folder);
  const { page, complaints } = await openAt(chromium, pathToFileURL(path.join(folder, 'report/report.html')));
  const links = page.getByRole('link', { name: 'run it in the explorer' });
  assert.equal(await links.count(), experiments.length);
  for (let i = 0; i < experiments.length; i += 1) {
    await links.nth(i).click();
    await page.getByRole('button', { name: 'Run' }).click();
    const verdict = page.locator('.verdict');
    await page.waitForFunction(() => /Answered/.test(document.querySelector('.verdict')?.textContent), undefined, { timeout: 60_000 });
    assert.ok(await verdict.isVisible(), experiments[i]);
    await page.goBack();
  }
  assert.deepEqual(complaints, []);
});
