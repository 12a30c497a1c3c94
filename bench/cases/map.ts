import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type MapData, writeMap } from '../../src/map/map.js';
import { openChromium } from '../../test/helpers/chromium.js';
import { sampleMap } from '../../test/map/sample.js';
import type { BenchCase, FunctionCase } from '../case.js';

/** A folder with a map of so many rows in it. */
async function folderWith(data: MapData): Promise<{ url: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
  const path = join(folder, 'map.html');
  await writeMap(path, data);
  return { url: pathToFileURL(path).href, folder };
}

/** From opening the file to points on the screen, in a Chromium whose WebGL is software. `most` in milliseconds. */
const firstPaint = (rows: number, most: number): FunctionCase => ({
  kind: 'function',
  name: 'map/first-paint',
  size: { rows },
  quick: rows < 10_000,
  runs: 3,
  async open() {
    const { url, folder } = await folderWith(sampleMap(rows));
    const browser = await openChromium();
    return {
      async run() {
        const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
        await page.goto(url, { waitUntil: 'commit' });
        // The page sets this mark when the GPU has finished the first picture with points.
        const mark = () => performance.getEntriesByName('denscape:painted')[0]?.startTime;
        const painted = await (await page.waitForFunction(mark, undefined, { polling: 5 })).jsonValue();
        await page.close();
        return painted;
      },
      check(painted: number) {
        if (!(painted > 0)) throw new Error(`${rows} points were never there`);
        const verdict = painted < most ? 'as required' : 'too late';
        process.stderr.write(`  ${rows} points after ${Math.round(painted)} ms, ${verdict} (${most} ms)\n`);
      },
      async close() {
        await browser.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});

/** Thirty frames of a drag, each drawn before the next is requested; frame times go to stderr. */
const panning = (rows: number): FunctionCase => ({
  kind: 'function',
  name: 'map/pan 30 frames',
  size: { rows },
  runs: 2,
  async open() {
    const { url, folder } = await folderWith(sampleMap(rows));
    const browser = await openChromium();
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(url);
    await page.waitForSelector('html[data-ready]', { timeout: 120_000 });
    await page.evaluate('globalThis.__name = (f) => f'); // tsx wraps the functions below in it
    return {
      async run() {
        return page.evaluate(async () => {
          const stage = document.querySelector('.stage') as HTMLElement;
          const at = (type: string, x: number) =>
            new PointerEvent(type, { pointerId: 1, button: 0, clientX: x, clientY: 450, bubbles: true });
          stage.setPointerCapture = () => {};
          stage.dispatchEvent(at('pointerdown', 500));
          const gl = document.querySelector<HTMLCanvasElement>('.points canvas')?.getContext('webgl2');
          const times: number[] = [];
          for (let frame = 0; frame < 30; frame++) {
            const start = performance.now();
            stage.dispatchEvent(at('pointermove', 500 + 10 * (frame < 15 ? frame : 30 - frame)));
            await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)); // waits for the picture
            times.push(performance.now() - start);
          }
          stage.dispatchEvent(at('pointerup', 500));
          return times;
        });
      },
      check(times: number[]) {
        const sorted = [...times].sort((a, b) => a - b);
        const [middle, slow] = [sorted[15], sorted[28]].map((time) => time.toFixed(0));
        process.stderr.write(
          `  ${rows} points: a frame takes ${middle} ms, the slowest but one ${slow} ms\n`,
        );
        if (times.length !== 30) throw new Error(`${times.length} frames were drawn, not 30`);
      },
      async close() {
        await browser.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});

/** A search of all texts on a page that was just opened, and steps of filters; times go to stderr. */
const choosing = (rows: number): FunctionCase => ({
  kind: 'function',
  name: 'map/search and filters',
  size: { rows },
  runs: 2,
  async open() {
    const { url, folder } = await folderWith(sampleMap(rows, { levels: true }));
    const browser = await openChromium();
    return {
      async run() {
        const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
        await page.goto(url);
        await page.waitForSelector('html[data-ready]', { timeout: 120_000 });
        await page.evaluate('globalThis.__name = (f) => f'); // tsx wraps the functions below in it
        const times = await page.evaluate(async () => {
          /** Milliseconds from an act until every part of the page shows it, and until the points are drawn too. */
          const timed = (act: () => void) =>
            new Promise<[number, number]>((resolve) => {
              const start = performance.now();
              const chips = document.querySelector('.chips');
              const seen = new MutationObserver(() => {
                seen.disconnect();
                const shown = performance.now() - start;
                const after = new MessageChannel();
                after.port1.onmessage = () => resolve([shown, performance.now() - start]);
                requestAnimationFrame(() => after.port2.postMessage(null));
              });
              if (chips) seen.observe(chips, { childList: true });
              act();
            });
          const search = document.querySelector<HTMLInputElement>('.search input');
          const find = (query: string) => () => {
            if (!search) return;
            search.value = query;
            search.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
          };
          const still = () => new Promise((resolve) => setTimeout(resolve, 2000));
          const cold = await timed(find('hurricane'));
          await still();
          const warm = await timed(find('medal olympic*'));
          await still();
          const topic = await timed(() =>
            document.querySelectorAll<HTMLElement>('table.topics .go')[1]?.click(),
          );
          await still();
          for (const tab of document.querySelectorAll<HTMLElement>('.choice [role="tab"]'))
            if (tab.textContent === 'About') tab.click();
          await still();
          const category = await timed(() =>
            document.querySelector<HTMLElement>('.choice .facet .category')?.click(),
          );
          return { cold, warm, topic, category };
        });
        await page.close();
        return times;
      },
      check(times: Record<string, [number, number]>) {
        const said = Object.entries(times).map(
          ([name, [shown, drawn]]) => `${name} ${Math.round(shown)} (drawn ${Math.round(drawn)}) ms`,
        );
        process.stderr.write(`  ${rows} texts: ${said.join(', ')}\n`);
        if (!Object.values(times).every(([shown]) => shown > 0)) throw new Error('a step was never shown');
      },
      async close() {
        await browser.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});

const writing = (rows: number): FunctionCase => ({
  kind: 'function',
  name: 'map/write',
  size: { rows },
  quick: rows < 10_000,
  runs: 2,
  async open() {
    const data = sampleMap(rows);
    const folder = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
    return {
      run: () => writeMap(join(folder, 'map.html'), data),
      check() {},
      close: () => rm(folder, { recursive: true }),
    };
  },
});

export const cases: BenchCase[] = [
  firstPaint(7600, 600),
  firstPaint(200_000, 4000),
  firstPaint(1_000_000, 20_000),
  choosing(7600),
  choosing(200_000),
  choosing(1_000_000),
  panning(7600),
  panning(200_000),
  writing(7600),
  writing(200_000),
];
