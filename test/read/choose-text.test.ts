import { expect, test } from 'vitest';
import { chooseText, readTable } from '../../src/read/index.js';

const LONG = 'A sentence of several words that tells what happened and why it matters to people.';

test.each([
  [
    ['id', 'title', 'description', 'url'],
    ['1', 'A heading', LONG, 'https://example.org'],
    ['title', 'description'],
  ],
  [
    ['Datum', 'Betreff', 'Nachricht'],
    ['2031-01-01', 'Ein Anliegen', LONG],
    ['Betreff', 'Nachricht'],
  ],
  [
    ['编号', '标题', '内容'],
    ['1', '港口罢工结束', '港口工人周五投票结束了罢工。'.repeat(3)],
    ['标题', '内容'],
  ],
  [
    ['ID', 'शीर्षक', 'विवरण'],
    ['1', 'बाढ़ की खबर', 'नदी का जल स्तर बढ़ने से गाँव खाली कराए गए हैं।'],
    ['शीर्षक', 'विवरण'],
  ],
  [['review_id', 'review_text', 'review_date'], ['r1', LONG, '2031-01-01'], ['review_text']],
  [['commentBody', 'authorName'], [LONG, 'Ann Other'], ['commentBody']],
  [['a', 'b', 'c'], ['17', LONG, 'short words'], ['b']],
])('of %j the text is guessed', async (columns, cells, expected) => {
  const row = Object.fromEntries(columns.map((name, c) => [name, cells[c]]));
  const choice = chooseText(await readTable([row, row, row]));
  expect(choice).toMatchObject({ columns: expected, guessed: true });
});

test('a column called text that holds numbers is not taken', async () => {
  const choice = chooseText(await readTable([{ text: 12, words: LONG }]));
  expect(choice.columns).toEqual(['words']);
  expect(choice.why).toContain('longest');
});

test('requested columns are taken in the requested order', async () => {
  const table = await readTable([{ a: 'x', b: 'y' }]);
  expect(chooseText(table, ['b', 'a'])).toEqual({ columns: ['b', 'a'], guessed: false, why: 'as requested' });
});

test('columns in one text stand with commas between, unless a column has just that name', async () => {
  const table = await readTable([{ a: 'x', b: 'y', 'a,b': 'z' }]);
  expect(chooseText(table, ' b, a ').columns).toEqual(['b', 'a']);
  expect(chooseText(table, 'a,b').columns).toEqual(['a,b']);
});

test('a column that is not there is refused with those that are', async () => {
  const table = await readTable([{ Title: 'x', body: 'y' }]);
  expect(() => chooseText(table, ['title'])).toThrow(
    'rows: no "title" column, which `text` names; found Title, body; did you mean "Title"?',
  );
});

test('a table of numbers is refused with the advice to name a column', async () => {
  const table = await readTable([{ a: 1, b: 2 }]);
  expect(() => chooseText(table)).toThrow('rows: no column holds text; found a, b; name one with --text');
});

test('where columns hold words of a kind only, the field of objects that holds texts is named', async () => {
  const rows = Array.from({ length: 30 }, (_, n) => ({
    kind: 't3',
    data: { author: 'ann', title: `Short ${n}`, selftext: `${LONG} ${n}` },
  }));
  const table = await readTable(rows);
  expect(() => chooseText(table)).toThrow(
    'rows: only words in kind, but objects hold texts: data.author, data.title, data.selftext; name a field with --text data.selftext',
  );
});

test('words are taken where objects hold no more than words', async () => {
  const rows = Array.from({ length: 30 }, (_, n) => ({ name: `word${n}`, more: { unit: 'cm' } }));
  expect(chooseText(await readTable(rows)).columns).toEqual(['name']);
});
