import { expect, test } from 'vitest';
import { documents, readTable } from '../../src/read/index.js';

test('documents join columns by a newline, skip blanks, write other kinds as text and count empty rows', async () => {
  const table = await readTable([
    { title: 'T', body: 'B' },
    { title: ' ', body: 'B' },
    { title: null, body: '\n' },
    { title: 7, body: true },
  ]);
  const messages: string[] = [];
  const texts = await documents(table, ['title', 'body'], {
    onProgress: ({ message }) => message && messages.push(message),
  });
  expect(texts).toEqual(['T\nB', 'B', '', '7\ntrue']);
  expect(table.report.blankTexts).toEqual({ count: 1, examples: [{ line: 3, detail: 'title, body' }] });
  expect(messages).toEqual(['rows: 1 row without text, first on line 3; labelled -1']);
});

test('placeholders of any case count as blank; a text that only begins with one does not', async () => {
  const table = await readTable(['N/A', ' [Removed] ', 'none', 'None of it worked', '…', 'nan bread']);
  expect(await documents(table)).toEqual(['', '', '', 'None of it worked', '', 'nan bread']);
  expect(table.report.placeholders.count).toBe(4);
  expect(await documents(table, ['text'], { placeholders: ['NAN bread'] })).toEqual([
    'N/A',
    ' [Removed] ',
    'none',
    'None of it worked',
    '…',
    '',
  ]);
});

test('letters that were saved in another encoding are a warning, with the first word', async () => {
  const table = await readTable([
    'está bien',
    'Está mÃ¡s lejos',
    'itâ€™s',
    '«AMANHÃ»',
    'CITÉ Â',
    'São Paulo',
  ]);
  const messages: string[] = [];
  await documents(table, ['text'], { onProgress: ({ message }) => message && messages.push(message) });
  expect(messages).toEqual([
    'rows: 2 texts with letters of UTF-8 that were saved in another encoding, first on line 2 (mÃ¡s); names may have parts of such words: save the file as UTF-8 from its source',
  ]);
});

test('HTML that shows nothing is a blank text', async () => {
  const table = await readTable(['<p> </p>', '<p>n/a</p>', '<b>Fine</b>', 'a < b and c > d']);
  expect(await documents(table)).toEqual(['', '', 'Fine', 'a < b and c > d']);
  expect(table.report.htmlTexts.count).toBe(3);
});

test('an abort ends it between rows', async () => {
  const table = await readTable(Array.from({ length: 20_000 }, (_, n) => `<p>text ${n}</p>`));
  const controller = new AbortController();
  const reason = new Error('enough');
  const texts = documents(table, ['text'], { signal: controller.signal });
  controller.abort(reason);
  await expect(texts).rejects.toBe(reason);
});

test('an unknown option is refused with the nearest known name', async () => {
  const table = await readTable([{ text: 'a' }]);
  const options = { placeholder: ['x'] } as object;
  await expect(documents(table, ['text'], options)).rejects.toThrow('did you mean `placeholders`?');
});
