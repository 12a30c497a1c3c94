import { inflateSync } from 'node:zlib';

/** What a PDF as Chromium prints it holds. */
export interface Pdf {
  /** The texts of each page, in the order in which they are drawn, without spaces between runs. */
  pages: string[];
  /** Pictures, as r g b of each pixel. */
  images: { width: number; height: number; rgb: Uint8Array }[];
}

interface PdfObject {
  dictionary: string;
  stream: Buffer | null;
}

/** Objects by their numbers; streams are inflated. */
function readObjects(bytes: Buffer): Map<number, PdfObject> {
  const text = bytes.toString('latin1');
  const objects = new Map<number, PdfObject>();
  for (const found of text.matchAll(/(?:^|\n)(\d+) 0 obj\s*/g)) {
    const start = found.index + found[0].length;
    const [dictionary] = text.slice(start).split(/stream\r?\n|endobj/, 1);
    let stream: Buffer | null = null;
    const length = /\/Length (\d+)/.exec(dictionary);
    const begins = /^stream\r?\n/.exec(text.slice(start + dictionary.length, start + dictionary.length + 8));
    if (length && begins) {
      const from = start + dictionary.length + begins[0].length;
      const raw = bytes.subarray(from, from + Number(length[1]));
      stream = dictionary.includes('FlateDecode') ? inflateSync(raw) : raw;
    }
    objects.set(Number(found[1]), { dictionary, stream });
  }
  return objects;
}

/** The letters of a font's glyphs, from its ToUnicode map. */
function readLetters(map: string): Map<number, string> {
  const letters = new Map<number, string>();
  const code = (hex: string) => Number.parseInt(hex, 16);
  const text = (hex: string) => Buffer.from(hex, 'hex').swap16().toString('utf16le');
  for (const [, part] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, glyph, letter] of part.matchAll(/<(\w+)> <(\w+)>/g)) letters.set(code(glyph), text(letter));
  for (const [, part] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
    for (const [, from, to, first] of part.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g))
      for (let glyph = code(from); glyph <= code(to); glyph++)
        letters.set(glyph, String.fromCharCode(code(first) + glyph - code(from)));
  return letters;
}

export function readPdf(bytes: Buffer): Pdf {
  const objects = readObjects(bytes);
  const numbered = (dictionary: string, key: RegExp) => objects.get(Number(key.exec(dictionary)?.[1]));
  const pages = [...objects.values()]
    .filter(({ dictionary }) => /\/Type \/Page\b/.test(dictionary))
    .map(({ dictionary }) => {
      const fonts = new Map(
        [...dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, number]) => {
          const font = objects.get(Number(number))?.dictionary ?? '';
          const map = numbered(font, /\/ToUnicode (\d+)/)?.stream?.toString('latin1') ?? '';
          // A font of two bytes a glyph, or one that is drawn outline by outline.
          return [name, { letters: readLetters(map), digits: font.includes('/Type0') ? 4 : 2 }] as const;
        }),
      );
      const content = numbered(dictionary, /\/Contents (\d+)/)?.stream?.toString('latin1') ?? '';
      let font: { letters: Map<number, string>; digits: number } | undefined;
      let out = '';
      for (const [, name, hex] of content.matchAll(/\/(F\d+) [\d.]+ Tf|<(\w+)>/g)) {
        if (name) font = fonts.get(name);
        else
          for (let at = 0; font && at < hex.length; at += font.digits)
            out += font.letters.get(Number.parseInt(hex.slice(at, at + font.digits), 16)) ?? '';
      }
      return out;
    });
  const images = [...objects.values()].flatMap(({ dictionary, stream }) => {
    const size = /\/Subtype \/Image\s*\/Width (\d+)\s*\/Height (\d+)/.exec(dictionary);
    if (!size || !stream || !dictionary.includes('ICCBased')) return [];
    return [{ width: Number(size[1]), height: Number(size[2]), rgb: new Uint8Array(stream) }];
  });
  return { pages, images };
}
