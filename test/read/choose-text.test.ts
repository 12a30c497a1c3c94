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

const column = (cells: string[], more: Record<string, string> = {}) =>
  readTable(cells.map((cell, i) => ({ asked: cell, body: `${LONG} ${i}`, ...more })));

test.each([
  ['numbers', ['10234', '10235', '1,024.5']],
  ['ids', ['TKT-002', 'TKT-003', 'a7f3c9e0b1d24']],
  ['links', ['https://example.org/a', 'http://example.org/b', 'www.example.org']],
  ['dates', ['2031-01-01', '2031-01-02 10:15', '3.4.2031']],
])('a requested column of %s is doubted in a line with a better one', async (kind, cells) => {
  const { doubt, columns } = chooseText(await column(cells), 'asked');
  expect(columns).toEqual(['asked']);
  expect(doubt).toBe(
    `column "asked" holds ${kind}, such as "${cells[0]}", which are embedded like texts; --text body would take texts`,
  );
});

test('an id among requested columns is doubted, and where no other holds texts, none is named', async () => {
  expect(chooseText(await column(['1', '2', '3']), ['body', 'asked']).doubt).toMatch(
    /^column "asked" holds numbers/,
  );
  const bare = await readTable([
    { asked: 'A-1', count: 3 },
    { asked: 'A-2', count: 4 },
  ]);
  expect(chooseText(bare, 'asked').doubt).toMatch(/; name a column of texts with --text$/);
});

test.each([
  [['short words', 'more of them', 'a third']],
  [['Great', 'Bad', 'Fine']],
  [['港口罢工第3天', '2024年港口', '第5次']],
  [['404', 'page not found', 'server error 500']],
  [['', '', '']],
])('requested texts %j are not doubted', async (cells) => {
  expect(chooseText(await column(cells), 'asked')).not.toHaveProperty('doubt');
});
