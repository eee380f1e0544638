// A browser with the built page, and the command line beside it.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const run = promisify(execFile);
const here = import.meta.dirname;

export const PAGE = process.env.EXPLORER ?? path.join(here, '../target/explorer/collapsar.html');
const PROGRAM = process.env.COLLAPSAR ?? path.join(here, '../../target/debug/collapsar');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** What keeps Chromium from asking for anything of its own. */
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export async function browser() {
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

/** Screens on which a page must be readable. */
export const SCREENS = {
  light: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  // A page of 1280 pixels at 200%.
  large: { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 },
};

/** What the command line prints for `options` in a folder. */
export async function program(options, cwd) {
  return (await run(PROGRAM, options, { cwd, maxBuffer: 1 << 28 })).stdout;
}

/** The explorer at `hash`. */
export async function open(within, hash, options = {}) {
  return openAt(within, `${pathToFileURL(PAGE)}#${hash}`, options);
}

/** A page; `complaints` gathers requests, errors and what the console says. */
export async function openAt(within, address, options = {}) {
  const page = await within.newPage({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const complaints = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack}`));
  page.on('request', (request) => {
    if (!/^(file|blob|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(String(address));
  return { page, complaints };
}

/** Saves what `button` offers: its name and text. */
async function saved(page, button) {
  const details = page.locator('details.take-away');
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

/** The record that the page saves, and the one of the command line for the configuration that it saves. */
export async function both(page, options = [], files = []) {
  await page.locator('details.take-away button:disabled').waitFor({ state: 'detached', timeout: 120_000 });
  const [configuration, record] = [await saved(page, 'Save configuration'), await saved(page, 'Save record')];
  const folder = await mkdtemp(path.join(tmpdir(), 'explorer-'));
  await writeFile(path.join(folder, configuration.name), configuration.text);
  for (const { name, bytes } of files) await writeFile(path.join(folder, name), bytes);
  const verb = configuration.name.replace('.toml', '');
  const given = verb === 'diagnose' ? ['--config', configuration.name, ...files.map(({ name }) => name)] : [configuration.name];
  const stdout = await program([verb, ...given, '--json', ...options], folder);
  return { page: JSON.parse(record.text), line: JSON.parse(stdout), bytes: record.text === stdout, configuration: configuration.text };
}

/** The largest difference of two records, relative to 1 and to their numbers; what is no number must be the same. */
export function difference(one, other, place = '') {
  if (typeof one === 'number' && typeof other === 'number') {
    return Math.abs(one - other) / Math.max(1, Math.abs(one), Math.abs(other));
  }
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') {
    if (one === other) return 0;
    throw new Error(`${place}: ${JSON.stringify(one)} in the browser, ${JSON.stringify(other)} on the command line`);
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].reduce((largest, key) => Math.max(largest, difference(one[key], other[key], `${place}/${key}`)), 0);
}

/** An array of `rows` of numbers as .npy. */
export function npy(rows) {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0].length}), }`;
  const header = text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header), Buffer.from(Float64Array.from(rows.flat()).buffer)]);
}
