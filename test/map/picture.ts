import { inflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';

/** Pixels of a screenshot. */
export interface Picture {
  width: number;
  height: number;
  /** Bytes of each pixel, `channels` apart. */
  data: Uint8Array;
  channels: number;
  /** r g b at a pixel. */
  at(x: number, y: number): [number, number, number];
}

/** Reads a PNG as browsers write them: 8 bits a channel, RGB or RGBA, not interlaced. */
export function readPng(png: Buffer): Picture {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  if (png[24] !== 8 || (png[25] !== 2 && png[25] !== 6) || png[28] !== 0) throw new Error('not such a PNG');
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    for (let i = 0; i < stride; i++) {
      const left = i >= channels ? out[to + i - channels] : 0;
      const up = y > 0 ? out[to + i - stride] : 0;
      let add = 0;
      if (filter === 1) add = left;
      else if (filter === 2) add = up;
      else if (filter === 3) add = (left + up) >> 1;
      else if (filter === 4)
        add = paeth(left, up, i >= channels && y > 0 ? out[to + i - channels - stride] : 0);
      out[to + i] = raw[from + i] + add;
    }
  }
  return {
    width,
    height,
    data: out,
    channels,
    at: (x, y) => {
      const from = y * stride + x * channels;
      return [out[from], out[from + 1], out[from + 2]];
    },
  };
}

/** The one of three neighbours that is nearest to left + up − corner (PNG, filter 4). */
function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const toLeft = Math.abs(guess - left);
  const toUp = Math.abs(guess - up);
  const toCorner = Math.abs(guess - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** What the page shows now; `alone` leaves only the points, without panels and names. */
export async function picture(page: Page, { alone = false } = {}): Promise<Picture> {
  // By properties: the page's policy forbids style sheets from outside.
  const show = (visibility: string) =>
    page.locator('.side, .tools, .bottom, .card, .names, .over, .leave').evaluateAll((elements, value) => {
      for (const element of elements) (element as HTMLElement).style.visibility = value;
    }, visibility);
  if (alone) await show('hidden');
  const image = readPng(await page.screenshot());
  if (alone) await show('');
  return image;
}

/** Middles of the connected spots that differ from the ground (the top left pixel), largest first. */
export function spots(
  image: Picture,
  least = 6,
): { x: number; y: number; pixels: number; color: [number, number, number] }[] {
  const { width, height, data, channels } = image;
  const ground = image.at(0, 0);
  const seen = new Uint8Array(width * height);
  const differs = (i: number) => {
    const from = i * channels;
    const off = Math.abs(data[from] - ground[0]) + Math.abs(data[from + 1] - ground[1]);
    return off + Math.abs(data[from + 2] - ground[2]) > 24;
  };
  const found: ReturnType<typeof spots> = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] || !differs(start)) continue;
    let [x, y, pixels] = [0, 0, 0];
    const stack = [start];
    seen[start] = 1;
    while (stack.length > 0) {
      const i = stack.pop()!;
      x += i % width;
      y += Math.floor(i / width);
      pixels++;
      for (const next of [i - 1, i + 1, i - width, i + width]) {
        if (next < 0 || next >= seen.length || seen[next] || !differs(next)) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
    if (pixels < least) continue;
    const middle: [number, number] = [Math.round(x / pixels), Math.round(y / pixels)];
    found.push({ x: middle[0], y: middle[1], pixels, color: image.at(...middle) });
  }
  return found.sort((a, b) => b.pixels - a.pixels);
}

/** Those of these places that no name of a topic covers: a name takes its own click. */
export async function outsideNames<T extends { x: number; y: number }>(
  page: Page,
  places: T[],
): Promise<T[]> {
  const boxes = await page
    .locator('.place')
    .evaluateAll((list) => list.map((name) => name.getBoundingClientRect().toJSON() as DOMRect));
  const covers = (box: DOMRect, { x, y }: T) =>
    x > box.left - 3 && x < box.right + 3 && y > box.top - 3 && y < box.bottom + 3;
  return places.filter((place) => !boxes.some((box) => covers(box, place)));
}

/** Number of pixels that differ from the ground; `vivid` counts only those of a strong colour. */
export function inkPixels({ width, height, data, channels, at }: Picture, { vivid = false } = {}): number {
  const [red, green, blue] = at(0, 0);
  let ink = 0;
  for (let from = 0; from < width * height * channels; from += channels) {
    const [r, g, b] = [data[from], data[from + 1], data[from + 2]];
    if (Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue) <= 24) continue;
    if (!vivid || Math.max(r, g, b) - Math.min(r, g, b) > 60) ink++;
  }
  return ink;
}

/** Number of pixels whose colours differ visibly; both pictures have one size. */
export function differingPixels(one: Picture, other: Picture): number {
  let differing = 0;
  for (let from = 0; from < one.data.length; from += one.channels) {
    let off = 0;
    for (let c = 0; c < 3; c++) off += Math.abs(one.data[from + c] - other.data[from + c]);
    if (off > 24) differing++;
  }
  return differing;
}
