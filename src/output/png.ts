import { fileURLToPath } from 'node:url';
import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';

export interface PngOptions {
  /** Pixels of the picture a pixel of the SVG, above 0. Default 2, sharp in print. */
  scale?: number;
}

// DejaVu has Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian and Georgian; the rest is the machine's. The build copies
// its files (scripts/vendor.mjs). The path is the same from src and from build.
const FONTS = new URL('../../build/fonts/', import.meta.url);
const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

/** Loads the renderer, a native library, only when a picture is written. */
async function openRenderer() {
  const { Resvg, renderAsync } = await import('@resvg/resvg-js');
  const fontFiles = FONT_FILES.map((file) => fileURLToPath(new URL(file, FONTS)));
  return { Resvg, renderAsync, font: { fontFiles, loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' } };
}

type Renderer = Awaited<ReturnType<typeof openRenderer>>;

const SCRIPTS: [name: string, characters: RegExp][] = [
  ['Chinese or Japanese', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['Korean', /\p{Script=Hangul}/u],
  ['Devanagari', /\p{Script=Devanagari}/u],
  ['Bengali', /\p{Script=Bengali}/u],
  ['Thai', /\p{Script=Thai}/u],
  ['Tamil', /\p{Script=Tamil}/u],
];

/** An SVG as pixels, without a browser. */
export async function toPng(svg: string, { scale = 2, signal }: PngOptions & Watch = {}): Promise<Buffer> {
  const { renderAsync, font } = await openRenderer();
  const image = await renderAsync(svg, { font, fitTo: { mode: 'zoom', value: scale } }, signal).catch(
    (cause: unknown) => {
      signal?.throwIfAborted(); // the renderer's own AbortError lacks the reason
      throw cause;
    },
  );
  return image.asPng();
}

/** Writes an SVG as a PNG file, and warns of scripts that no font on this machine draws. */
export async function writePng(path: string, svg: string, options: PngOptions & Watch = {}): Promise<void> {
  const renderer = await openRenderer();
  const missing = SCRIPTS.filter(([, characters]) => {
    const found = characters.exec(svg);
    return found && !canDraw(renderer, found[0]);
  });
  if (missing.length > 0) {
    const scripts = missing.map(([name]) => name).join(', ');
    const message = `${path}: no font here draws ${scripts}, so such names are missing from the picture; install Noto fonts, or use the SVG`;
    options.onProgress?.({ stage: 'write', level: 'warning', message });
  }
  const png = await toPng(svg, options);
  await writeWhole(path, [png], options);
}

/** Whether any font has the character: it leaves a mark that the missing-glyph box doesn't leave. */
function canDraw({ Resvg, font }: Renderer, character: string): boolean {
  const pixels = (text: string) =>
    new Resvg(
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4" y="30" font-size="24" font-family="DejaVu Sans">${text}</text></svg>`,
      { font },
    ).render().pixels;
  const drawn = pixels(character);
  const unassigned = pixels('\u{10fffd}'); // private use: in no font
  return drawn.some((value) => value > 0) && !drawn.equals(unassigned);
}
