import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

describe('encodings', () => {
  test('a UTF-8 byte order mark is not part of the first column name', async () => {
    const table = await readTable(folder.write('bom.csv', '\uFEFFtext,n\nhello,1\n'));
    expect(table.columns).toEqual(['text', 'n']);
  });

  test('bytes that are not UTF-8 are refused with their line and the way out', async () => {
    const file = folder.write(
      'latin.csv',
      Buffer.concat([Buffer.from('text\nfine\n'), Buffer.from([0x93, 0x61, 10])]),
    );
    await expect(readTable(file)).rejects.toThrow(
      "latin.csv line 3: byte 0x93 is not UTF-8; name the file's encoding, for example --encoding windows-1252",
    );
  });

  test('a bad byte far beyond the first chunk is named by its line', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `Zeile ${i} mit Umläuten: äöü und 日本語`);
    const good = `text\n${lines.join('\n')}\n`;
    const table = await readTable(folder.write('long.csv', good));
    expect(table.values[0]).toEqual(lines);
    const bad = Buffer.concat([Buffer.from(good), Buffer.from([0xc3, 0x28]), Buffer.from('\nmore\n')]);
    await expect(readTable(folder.write('long-bad.csv', bad))).rejects.toThrow(
      'long-bad.csv line 50002: byte 0xC3',
    );
  });

  test('a character cut off by the end of the file is refused', async () => {
    const file = folder.write('cut.csv', Buffer.from('text\nok\nlast é').subarray(0, -1));
    await expect(readTable(file)).rejects.toThrow('cut.csv line 3: byte 0xC3 is not UTF-8');
  });

  test.each(['windows-1252', 'shift_jis', 'utf-16le', 'gb18030'])(
    '%s is read when it is named',
    async (encoding) => {
      const text = encoding === 'windows-1252' ? 'text\n“smart” quotes – dash\n' : 'text\n東京の天気\n';
      const table = await readTable(folder.write(`${encoding}.csv`, iconv.encode(text, encoding)), {
        encoding,
      });
      expect(table.values[0]).toEqual([text.split('\n')[1]]);
    },
  );

  test.each(['utf-16le', 'utf-16be'])('a %s byte order mark needs no name', async (encoding) => {
    const bytes = iconv.encode('text,n\nžluťoučký kůň,1\n', encoding, { addBOM: true });
    const table = await readTable(folder.write(`mark-${encoding}.csv`, bytes));
    expect(table.columns).toEqual(['text', 'n']);
    expect(table.values[0]).toEqual(['žluťoučký kůň']);
  });

  test('UTF-16 without a byte order mark is refused, and the error names the encoding to give', async () => {
    const file = folder.write(
      'unmarked.csv',
      iconv.encode('text,n\nplain words,1\n', 'utf-16be', { addBOM: false }),
    );
    await expect(readTable(file)).rejects.toThrow('say so with --encoding utf-16be');
    expect((await readTable(file, { encoding: 'utf-16be' })).values[0]).toEqual(['plain words']);
  });

  test('one stray zero byte in a long text is no reason to refuse the file', async () => {
    const table = await readTable(folder.write('zero.csv', `text\n${'words '.repeat(300)}\0\n`));
    expect(table.rows).toBe(1);
  });

  test('bytes unknown to the named encoding are counted, not fatal', async () => {
    const table = await readTable(folder.write('odd.csv', Buffer.from([0x74, 10, 0x61, 0xff, 0xff, 10])), {
      encoding: 'shift_jis',
    });
    expect(table.report.replacedBytes.count).toBe(1);
    expect(table.report.replacedBytes.examples[0].line).toBe(2);
  });

  test('an unknown encoding is the user’s mistake', async () => {
    await expect(readTable(folder.write('x.csv', 'a\n1\n'), { encoding: 'klingon' })).rejects.toThrow(
      'encoding "klingon": unknown',
    );
  });
});

describe('gzip', () => {
  test('a packed file reads as the plain one, by its bytes rather than its name', async () => {
    const text = 'text,n\nhello,1\nworld,2\n';
    const plain = await readTable(folder.write('plain.csv', text));
    for (const name of ['packed.csv.gz', 'packed-without-suffix.csv']) {
      const packed = await readTable(folder.write(name, gzipSync(text)));
      expect({ ...packed, source: '' }).toEqual({ ...plain, source: '' });
    }
  });

  test('a packed file that is cut off is refused in one line', async () => {
    const packed = gzipSync(
      'text\n'.repeat(100_000) + Array.from({ length: 5000 }, (_, i) => i * 7919).join('\n'),
    );
    const file = folder.write('cut.csv.gz', packed.subarray(0, packed.length - 20));
    await expect(readTable(file)).rejects.toThrow(
      /cut\.csv\.gz: the gzip data is damaged or cut off \([^\n]+$/,
    );
  });
});
