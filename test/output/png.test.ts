import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { expect, test } from 'vitest';
import { toPng, toSvg, writePng } from '../../src/output/index.js';
import { testFolder } from '../helpers/folder.js';
import { clustering, topic } from './clustering.js';

const folder = testFolder();
const size = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)];

test('the picture has the given size', async () => {
  const svg = toSvg(clustering(30), { width: 300, height: 200 });
  expect(size(await toPng(svg))).toEqual([600, 400]);
  const file = join(folder.path, 'map.png');
  await writePng(file, svg, { scale: 1 });
  const png = readFileSync(file);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(size(png)).toEqual([300, 200]);
});

test('names show: taking them away changes pixels where they stand', async () => {
  const far = (name: string) =>
    toSvg(
      { ...clustering(9), topics: [topic(0, { name }), topic(1, { name })] },
      { width: 400, height: 300 },
    );
  const named = await toPng(far('Crude oil'), { scale: 1 });
  const empty = await toPng(far(' '), { scale: 1 });
  expect(named.length).toBeGreaterThan(empty.length + 200);
});

test('text shows from the shipped font alone, on a machine without any', () => {
  const fonts = new URL('../../build/fonts/DejaVuSans.ttf', import.meta.url).pathname;
  const draw = (text: string) =>
    new Resvg(
      `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><text x="4" y="30" font-size="20">${text}</text></svg>`,
      {
        font: { fontFiles: [fonts], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
      },
    ).render().pixels;
  for (const text of ['Öl, Preise', 'Нефть', 'النفط', 'πετρέλαιο']) {
    expect(draw(text).filter((value) => value > 0).length).toBeGreaterThan(200);
  }
});

test('a script without a font is reported, and the picture is written', async () => {
  const told: string[] = [];
  const svg = toSvg({ ...clustering(9), topics: [topic(0, { name: '石油' }), topic(1)] });
  const file = join(folder.path, 'cjk.png');
  await writePng(file, svg, { onProgress: ({ message }) => message && told.push(message) });
  expect(readFileSync(file).length).toBeGreaterThan(1000);
  // Machines differ in fonts: either it is drawn, or said.
  for (const message of told) expect(message).toMatch(/no font here draws Chinese or Japanese/);
});

test('what is no SVG fails without leaving a file', async () => {
  await expect(writePng(join(folder.path, 'none.png'), 'not an svg')).rejects.toThrow();
});

test('an abort while the picture is drawn rejects with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const written = writePng(
    join(folder.path, 'never.png'),
    toSvg(clustering(5000), { width: 4000, height: 4000 }),
    {
      signal: controller.signal,
    },
  );
  setTimeout(() => controller.abort(reason), 30);
  await expect(written).rejects.toBe(reason);
});
