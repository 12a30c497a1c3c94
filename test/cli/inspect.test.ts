import { describe, expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const fixture = (name: string) => `test/fixtures/read/${name}`;

describe('denscape inspect', () => {
  test('prints what is read and the first three texts, and embeds nothing', async () => {
    const run = await denscape(['inspect', fixture('62-jira.csv'), '--model', 'minilm']).catch(
      (cause) => cause,
    );
    expect(run.code).toBe(2); // it takes the options of reading alone
    const right = await denscape(['inspect', fixture('62-jira.csv')]);
    expect(right.code).toBe(0);
    expect(right.stdout.trimEnd().split('\n')).toEqual([
      '62-jira.csv: 48 rows, 5 columns; text is Summary (named like a text; --text chooses others); 0 without text (labelled -1); 0 repeated',
      '  My parcel arrived three days late and nobody told me',
      '  The courier left the package in the rain',
      '  Delivery took two weeks instead of two days',
    ]);
  });

  test('doubts a column of ids that is asked for, and reads it all the same', async () => {
    const path = folder.write('ids.csv', 'id,note\nT-1,a printer jams\nT-2,the rain falls\n');
    const run = await denscape(['inspect', path, '--text', 'id']);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('text is id');
    expect(run.stderr).toContain(
      'ids.csv: column "id" holds ids, such as "T-1", which are embedded like texts; --text note would take texts',
    );
  });

  test('prints columns with their kinds as JSON, and which are groups, time and text', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, row) =>
        `${row * 3},section ${row % 3},2024-02-${String((row % 28) + 1).padStart(2, '0')},Text number ${row} about it`,
    );
    const path = folder.write('kinds.csv', `price,section,day,text\n${lines.join('\n')}\n9,,,\n`);
    const run = await denscape(['inspect', path, '--json']);
    expect(run.code).toBe(0);
    const found = JSON.parse(run.stdout);
    expect(found).toMatchObject({
      ...{ source: 'kinds.csv', rows: 41, textColumns: ['text'], blankTexts: 1 },
      ...{ groupBy: ['section'], time: 'day' },
    });
    expect(found.columns).toEqual([
      { name: 'price', kind: 'number', values: 40, isText: false, notGrouped: 'holds numbers' },
      { name: 'section', kind: 'category', values: 3, isText: false },
      { name: 'day', kind: 'date', values: 28, isText: false, notGrouped: 'holds dates' },
      { name: 'text', kind: 'text', values: 40, isText: true },
    ]);
    expect(found.texts).toHaveLength(3);
  });

  test('takes the flags of reading: two --text add up, --no-header, --skip-rows, a tab by its name', async () => {
    const two = await denscape([
      'inspect',
      fixture('43-question-columns.csv'),
      '--text',
      'What did you like, and why?',
      '--text',
      'What should we change, if anything?',
    ]);
    expect(two.stdout).toContain(
      'text is What did you like, and why? + What should we change, if anything?;',
    );
    const none = await denscape(['inspect', fixture('09-no-header.csv'), '--no-header']);
    expect(none.stdout).toContain('48 rows, 3 columns; text is column_3');
    const tabs = await denscape([
      'inspect',
      folder.write('odd.txt', 'a report\nid\ttext\n1\tIt "works" well\n'),
      '--delimiter',
      '\\t',
      '--skip-rows',
      '1',
      '--quote',
      'none',
      '--input-format',
      'csv',
    ]);
    expect(tabs.stdout).toContain('1 row, 2 columns; text is text');
    expect(tabs.stdout).toContain('It "works" well');
    const lines = await denscape(['inspect', fixture('07b-qualtrics.csv'), '--skip-rows', '2-3']);
    expect(lines.stdout).toContain('48 rows, 3 columns');
    const sheet = await denscape(['inspect', fixture('two-sheets.xlsx'), '--sheet', 'Other']);
    expect(sheet.stdout).toContain('1 row, 1 column, sheet "Other" (others: Answers); text is note');
  });

  test('reads several files, with the file of each row', async () => {
    const run = await denscape(['inspect', fixture('base.csv'), fixture('15b-bigid.jsonl')]);
    expect(run.stdout).toContain('2 files: 96 rows, 4 columns; text is text');
  });
});

test('a text column without any text ends with 2 and what to do, before a model is touched', async () => {
  const run = await denscape(['cluster', fixture('80-blank-column.csv'), '--text', 'note', '--offline']);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain(
    '80-blank-column.csv: no text in note: all 48 rows are blank there; the other columns are id, text: choose one with --text',
  );
});
