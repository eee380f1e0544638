// The page in a real browser: every view by clicks, drags and keys; its numbers beside those of the command line.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PAGE, SCREENS, both, browser, difference, npy, open } from './browser.mjs';

/** The digits to which browser and command line agree: their elementary functions differ in the last one. */
const SAME = 1e-9;

let chromium;
before(async () => (chromium = await browser()));
after(async () => chromium.close());

/** Tests `steps` on a page at `hash` that must make no request and say nothing. */
function view(name, hash, steps, options) {
  test(name, { timeout: 240_000 }, async (context) => {
    const { page, complaints } = await open(chromium, hash, options);
    await steps(page, context);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

/** The number of a route in the table. */
async function routed(page, route, remark = '') {
  const row = page.locator(`tr[data-route="${route}"]`, { hasText: remark });
  await row.locator('td[data-value]').waitFor({ timeout: 60_000 });
  return Number(await row.locator('td[data-value]').getAttribute('data-value'));
}

async function agrees(page, context, options, files) {
  const found = await both(page, options, files);
  const apart = difference(found.page, found.line);
  context.diagnostic(found.bytes ? 'the bytes of the command line' : `within ${apart.toExponential(1)} of the command line`);
  assert.ok(apart < SAME, `${apart}`);
  return found;
}

/** Where a part of a drawing is, which may be made anew meanwhile. */
async function placed(part) {
  let box = null;
  while (!box) {
    await part.scrollIntoViewIfNeeded().catch(() => undefined);
    box = await part.boundingBox().catch(() => null);
  }
  return box;
}

/** Drags the middle of `handle` by (dx, dy) pixels. */
async function drag(page, handle, dx, dy) {
  const { x, y, width, height } = await placed(handle);
  const [fromX, fromY] = [x + width / 2, y + height / 2];
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  for (const part of [0.3, 0.6, 1]) await page.mouse.move(fromX + part * dx, fromY + part * dy);
  await page.mouse.up();
}

test('one file, small enough, that names no other', async (context) => {
  const text = await readFile(PAGE, 'utf8');
  const size = gzipSync(text).length;
  context.diagnostic(`${(text.length / 2 ** 20).toFixed(2)} MiB, ${(size / 2 ** 20).toFixed(2)} MiB compressed`);
  assert.ok(size < 2e6, `${size} bytes`);
  assert.ok(!/(src|href)="(?!data:)/.test(text.replace(/<script type="text\/plain"[\s\S]*?<\/script>/, '')));
});

view('will it collapse: formula, exact and counted', 'view=collapse', async (page, context) => {
  const exact = await routed(page, 'exact');
  const counted = await routed(page, 'montecarlo', '100000 draws');
  // Three standard deviations of the count.
  assert.ok(Math.abs(exact - counted) < 3 * Math.sqrt((exact * (1 - exact)) / 100000) + 1e-3, `${exact} ${counted}`);
  assert.match(await page.locator('.verdict').textContent(), /of 100 fits collapse/);
  const { configuration } = await agrees(page, context, ['--route', 'montecarlo']);
  assert.match(configuration, /initial_temperature = 10\n/);
  // By keyboard: the slider changes the problem, the address and the answer.
  await page.locator('#temperature').focus();
  for (let i = 0; i < 20; i += 1) await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => location.hash.includes('temperature='));
  const hotter = await routed(page, 'refined');
  assert.ok(hotter < exact, `${hotter}`);
});

// The quick routes of either pair, as sliders move that change the schedule and the constants of the pair.
for (const [family, route] of [['paper', 'refined'], ['free', 'formula']]) {
  view(`the formula answers while a slider moves: ${family}`, `view=collapse&family=${family}`, async (page, context) => {
    await routed(page, 'montecarlo', '100000 draws');
    const times = await page.evaluate(async (route) => {
      const answered = async (route) => {
        while (!document.querySelector(`tr[data-route="${route}"] td[data-value]`)) await new Promise((resolve) => requestAnimationFrame(resolve));
      };
      const formulas = [];
      for (let i = 0; i < 24; i += 1) {
        const slider = document.getElementById(i < 12 ? 'duration' : 'separation');
        slider.value = i < 12 ? 0.4 + 0.01 * i : 2.6 + 0.1 * (i - 12);
        const begun = performance.now();
        slider.dispatchEvent(new Event('input'));
        await answered(route);
        formulas.push(performance.now() - begun);
      }
      const begun = performance.now();
      const slider = document.getElementById('separation');
      slider.value = 2.5;
      slider.dispatchEvent(new Event('input'));
      await answered('exact');
      return { formulas, exact: performance.now() - begun };
    }, route);
    times.formulas.sort((a, b) => a - b);
    context.diagnostic(`formula on the page after ${times.formulas[12].toFixed(0)} ms (median), ${times.formulas[23].toFixed(0)} ms at most; first exact value after ${times.exact.toFixed(0)} ms`);
    assert.equal(times.formulas.length, 24);
  });
}

view('a schedule drawn by hand', 'view=collapse&dimension=4', async (page, context) => {
  await page.locator('#schedule').selectOption('table');
  const handle = page.locator('.handle').nth(1);
  await handle.waitFor();
  const before = await page.evaluate(() => state.table);
  await drag(page, handle, 30, -25);
  const dragged = await page.evaluate(() => state.table);
  assert.notEqual(dragged, before);
  await page.locator('.handle').nth(2).focus();
  await page.keyboard.press('ArrowUp');
  assert.notEqual(await page.evaluate(() => state.table), dragged);
  await routed(page, 'montecarlo', '100000 draws');
  const { configuration } = await agrees(page, context, ['--route', 'montecarlo']);
  assert.match(configuration, /kind = "table"\ntimes = \[0, /);
});

view('what has no answer says why', 'view=collapse&family=free&weight=0.7&dimension=2', async (page) => {
  const row = page.locator('tr[data-route="formula"]', { hasText: 'target.weights' });
  await row.waitFor({ timeout: 60_000 });
  assert.match(await row.textContent(), /must be equal for formula \(15\)/);
  await routed(page, 'montecarlo', 'draws');
});

view('the flow: a click starts a run', 'view=flow', async (page, context) => {
  await page.locator('.line.boundary').first().waitFor({ state: 'attached', timeout: 60_000 });
  assert.match(await page.locator('.verdict').textContent(), /This run collapses/);
  await agrees(page, context);
  const chart = page.locator('.crosshair svg');
  const box = await placed(chart);
  await chart.click({ position: { x: 0.25 * box.width, y: 0.3 * box.height } });
  await page.waitForFunction(() => document.querySelector('.verdict').textContent.includes('keeps both'));
  // It plays: the moment moves, the temperature falls.
  await page.waitForFunction(() => state.time > 0.2);
  await page.getByRole('button', { name: 'Pause' }).click();
  const paused = await page.evaluate(() => state.time);
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => state.time), paused);
  await page.waitForFunction(() => /[#&]y=/.test(location.hash));
  await drag(page, page.locator('.crosshair .handle'), 40, 10);
  assert.equal(await page.evaluate(() => state.time), 0);
});

view('the flow with reduced motion shows the end at once', 'view=flow', async (page) => {
  await page.locator('.line.run').first().waitFor({ state: 'attached', timeout: 60_000 });
  await page.getByRole('button', { name: 'Play' }).click();
  assert.equal(await page.evaluate(() => state.time), 1);
}, { reducedMotion: 'reduce' });

view('the map fills in', 'view=map&points=4&dimension=16', async (page, context) => {
  await page.locator('progress').waitFor({ state: 'hidden', timeout: 120_000 });
  assert.match(await page.locator('.verdict').textContent(), /Least of the map/);
  const { line } = await agrees(page, context);
  assert.equal(line.points.length, 16);
  const chart = page.locator('.crosshair svg');
  const box = await placed(chart);
  await chart.click({ position: { x: 0.8 * box.width, y: 0.2 * box.height } });
  const [hot, long] = await page.evaluate(() => [state.temperature, state.duration]);
  assert.ok(hot > 10 && long > 4, `${hot} ${long}`);
  await page.waitForFunction(() => location.hash.includes('duration='));
});

view('mean field: drag a mode, turn the frame', 'view=mean-field', async (page, context) => {
  await page.locator('.line.fit').first().waitFor({ state: 'attached', timeout: 60_000 });
  assert.match(await page.locator('.verdict').textContent(), /collapses/);
  await agrees(page, context);
  await page.getByRole('button', { name: 'Find the best frame' }).click();
  await page.waitForFunction(() => document.querySelector('.verdict').textContent.includes('keeps both'), undefined, { timeout: 120_000 });
  const angle = await page.evaluate(() => state.angle);
  assert.ok(Math.abs(angle - (Math.atan2(1.5, 2) * 180) / Math.PI) < 0.1, `${angle}`);
  await agrees(page, context);
  await drag(page, page.locator('.handle').first(), -20, 60);
  const [a1, a2] = await page.evaluate(() => [state.a1, state.a2]);
  assert.ok(a1 < 2 && a2 < 1.5, `${a1} ${a2}`);
});

/** Samples of `n` points around the modes that `sides` names. */
function samples(n, sides, seed) {
  let x = seed;
  const uniform = () => (x = (x * 16807) % 2147483647) / 2147483647;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: n }, (_, i) => [4 * sides[i % sides.length] + normal(), normal(), normal()]);
}

view('diagnose: files stay here', 'view=diagnose&runsFamily=flow', async (page, context) => {
  const runs = [[1, -1], [1], [1, -1], [-1], [1, -1]].map((sides, i) => samples(600, sides, 11 + i));
  const files = runs.map((rows, i) => i < 3
    ? { name: `run-${i}.npy`, bytes: npy(rows) }
    : { name: `run-${i}.csv`, bytes: Buffer.from(`a,b,c\n${rows.map((row) => row.join(',')).join('\n')}\n`) });
  const given = (list) => list.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: bytes }));
  await page.locator('#files').setInputFiles(given(files));
  await page.waitForFunction(() => document.querySelector('.verdict').textContent.includes('2 of 5 runs collapsed'), undefined, { timeout: 60_000 });
  await agrees(page, context, [], files);
  assert.match(await page.locator('pre.summary').textContent(), /lost mode/);
  await page.locator('#files').setInputFiles(given([{ name: 'broken.npy', bytes: Buffer.from('\x93NUMPY', 'latin1') }]));
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').textContent(), /broken\.npy/);
});

view('any configuration, and what is wrong with it', 'view=configuration&verb=solve&toml=%5Btarget%5D%0Aseparation%20%3D%20-1%0A', async (page, context) => {
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').textContent(), /target\.separation.*-1.*line 2/s);
  await page.locator('#toml').fill('[target]\nseparation = 3.0\n[family]\npreset = "free"\n[start]\nmeans = [[1.0], [0.5]]\n');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.waitForFunction(() => document.querySelector('.verdict').textContent.startsWith('Answered'), undefined, { timeout: 60_000 });
  await agrees(page, context);
  // Work that takes long can be stopped.
  await page.locator('#verb').selectOption('probability');
  await page.locator('#toml').fill('[target]\nseparation = 2.5\n[family]\npreset = "paper"\n[start]\ndimension = 8\n[montecarlo]\nsamples = 1000000000\n');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.waitForFunction(() => document.querySelector('.verdict').textContent === 'Stopped.');
});

view('tabs by keyboard, and the way back', 'view=collapse&separation=3.5', async (page) => {
  assert.equal(await page.locator('#separation').inputValue(), '3.5');
  // Keys go to the page in front: the one before may still be closing, and take a key that this one never sees.
  const flow = page.locator('#tab-flow[aria-selected=true]');
  for (let tries = 0; tries < 5 && (await flow.count()) === 0; tries += 1) {
    await page.bringToFront();
    await page.locator('#tab-collapse').press('ArrowRight');
    await flow.waitFor({ timeout: 4000 }).catch(() => {});
  }
  await flow.waitFor();
  assert.match(await page.title(), /^Flow/);
  await page.goBack();
  assert.equal(await page.locator('[role=tab][aria-selected=true]').textContent(), 'Will it collapse?');
  assert.equal(await page.locator('#separation').inputValue(), '3.5');
});

// Pictures for the eye where a folder is named; everywhere: nothing wider than the screen, every control has a name.
const VIEWS = ['collapse', 'flow', 'map&points=6', 'mean-field', 'diagnose', 'configuration'];
for (const [screen, options] of Object.entries(SCREENS)) {
  test(`readable: ${screen}`, { timeout: 240_000 }, async () => {
    for (const name of VIEWS) {
      const { page, complaints } = await open(chromium, `view=${name}`, options);
      if (name === 'diagnose') await page.getByText('Try eight').click();
      const verdict = page.locator('.verdict');
      if (name !== 'configuration') await page.waitForFunction(() => /\d/.test(document.querySelector('.verdict').textContent), undefined, { timeout: 60_000 });
      assert.ok(await verdict.isVisible());
      const [wide, nameless] = await page.evaluate(() => [
        document.scrollingElement.scrollWidth - window.innerWidth,
        [...document.querySelectorAll('input, select, textarea, button')].filter((node) => !(node.labels?.length || node.ariaLabel || node.textContent.trim())).length,
      ]);
      assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
      assert.equal(nameless, 0, name);
      if (process.env.SCREENSHOTS) {
        await mkdir(process.env.SCREENSHOTS, { recursive: true });
        await page.waitForTimeout(4000);
        await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${name.split('&')[0]}-${screen}.png`), fullPage: true });
      }
      assert.deepEqual(complaints, []);
      await page.close();
    }
  });
}
