import { expect, test } from 'vitest';
import type { Changes, GroupChange } from '../../src/run/changes.js';
import { changeLines, changesPage } from '../../src/run/changes-report.js';

const group = (id: number, kind: GroupChange['kind'], other?: number): GroupChange => ({
  ...{ id, kind, other, name: `Name ${id}`, keywords: [`name ${id}`, `word ${id}`] },
  ...{ before: kind === 'born' || kind === 'split from' ? 0 : 7, after: kind === 'merged into' ? 0 : 9 },
});

const changes = (topics: GroupChange[]): Changes => ({
  ...{ did: 'add', rowsBefore: 10, rows: 15, skipped: 0, changedTexts: 0, how: 'placed' },
  ...{ topics, themes: [], growing: [], fading: [], moved: { rows: 0, examples: [] } },
});

test('what a topic was merged into or split from is named, and keywords say what the name does not', () => {
  const lines = changeLines(
    changes([group(0, 'kept'), group(1, 'merged into', 0), group(2, 'split from', 0), group(3, 'born')]),
  );
  expect(lines.slice(2, 6)).toEqual([
    '1 topic kept',
    '  topic 1 merged into 0 (Name 0): Name 1 (7 rows before)',
    '  topic 2 split from 0 (Name 0): Name 2 (9 rows; word 2)',
    '  topic 3 born: Name 3 (9 rows; word 3)',
  ]);
});

test('a topic that is the same under another name is counted as kept, and its names are said', () => {
  const renamed = { ...group(1, 'kept'), formerName: 'Name before' };
  const changed = changes([group(0, 'kept'), renamed]);
  expect(changeLines(changed).slice(2, 4)).toEqual([
    '2 topics kept',
    '  topic 1 renamed from Name before: Name 1 (9 rows; word 1)',
  ]);
  expect(changesPage(changed)).toContain(
    '2 groups kept.\n\n| id | what | name | rows before | rows now | keywords |',
  );
  expect(changesPage(changed)).toContain('| 1 | renamed from Name before | Name 1 | 7 | 9 |');
});

test('many topics that became one are on one line', () => {
  const merged = Array.from({ length: 8 }, (_, at) => group(at + 1, 'merged into', 0));
  const lines = changeLines(
    changes([group(0, 'kept'), ...merged, group(9, 'merged into', 10), group(10, 'born')]),
  );
  expect(lines.slice(3, 6)).toEqual([
    '  topic 9 merged into 10 (Name 10): Name 9 (7 rows before)',
    '  topic 10 born: Name 10 (9 rows; word 10)',
    '  8 topics merged into 0 (Name 0): 1 Name 1; 2 Name 2; 3 Name 3; 4 Name 4; 5 Name 5; 6 Name 6; and 2 more',
  ]);
});
