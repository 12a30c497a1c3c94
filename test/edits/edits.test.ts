import { describe, expect, test } from 'vitest';
import {
  applyEdits,
  type Edit,
  editsFile,
  fingerprint,
  readEdits,
  renameThemes,
} from '../../src/edits/edits.js';

const texts = Array.from({ length: 12 }, (_, row) => `text ${row}`);
const print = (row: number) => fingerprint(texts[row]);
const about = (...rows: number[]) => ({ rows, prints: rows.map(print) });
const topic = (id: number, size: number, ...exemplars: number[]) => ({
  ...{ id, size, persistence: 0.5, keywords: [`word${id}`, `other${id}`], name: `Topic ${id}` },
  ...{ exemplars, parent: 7 },
});
// Topics 0 (rows 0–4), 1 (5–8) and 4 (9, 10); row 11 is noise.
const found = {
  labels: Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 4, 4, -1),
  topics: [topic(0, 5, 0, 1), topic(1, 4, 5), topic(4, 2, 9)],
};
const apply = (edits: Edit[], printOf = print) => applyEdits(found, edits, printOf);

describe('edits', () => {
  test('rename, merge, move and drop change labels, sizes and names, and nothing of what was found', () => {
    const before = structuredClone(found);
    const { labels, topics, changed, failed } = apply([
      { do: 'rename', topic: 1, name: 'Named by hand' },
      { do: 'merge', topics: [4, 1], into: 0 },
      { do: 'move', to: -1, texts: about(0) },
      { do: 'move', to: 0, texts: about(11) },
    ]);
    expect(failed).toEqual([]);
    expect([...labels]).toEqual([-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const keywords = ['word0', 'word1', 'word4', 'other1', 'other0', 'other4'];
    expect(topics).toEqual([{ ...topic(0, 11, 1, 9, 5), keywords }]);
    expect(changed).toEqual(new Set([0, 1, 4]));
    expect(found).toEqual(before);
    const dropped = apply([{ do: 'drop', topic: 0 }]);
    expect([...dropped.labels].filter((label) => label === 0)).toEqual([]);
    expect(dropped.topics.map(({ id }) => id)).toEqual([1, 4]);
  });

  test('texts become a topic of their own, with the theme of where they come from', () => {
    const { labels, topics } = apply([
      { do: 'split', topic: 9, name: 'New', keywords: ['fresh'], texts: about(1, 2, 11) },
      { do: 'rename', topic: 9, name: 'Newer' },
    ]);
    expect([labels[1], labels[2], labels[11]]).toEqual([9, 9, 9]);
    expect(topics.map(({ id, size }) => [id, size])).toEqual([
      [0, 3],
      [1, 4],
      [4, 2],
      [9, 3],
    ]);
    expect(topics[3]).toMatchObject({ name: 'Newer', keywords: ['fresh'], parent: 7, exemplars: [1, 2, 11] });
    expect(topics[0].exemplars).toEqual([0]);
  });

  test('a sentence about a topic is not kept for more or for fewer texts', () => {
    const said = { ...found, topics: found.topics.map((one) => ({ ...one, summary: `About ${one.id}` })) };
    const { topics } = applyEdits(said, [
      { do: 'merge', topics: [4], into: 1 },
      { do: 'split', topic: 9, name: 'New', keywords: ['fresh'], texts: about(1, 2) },
      { do: 'rename', topic: 0, name: 'Zero' },
    ]);
    expect(topics.map(({ id, summary }) => [id, summary])).toEqual([
      [0, 'About 0'],
      [1, undefined],
      [9, undefined],
    ]);
  });

  test('themes take their last name, and an edit of one that is not there is reported', () => {
    const themes = [topic(7, 9), topic(8, 3)];
    const edits: Edit[] = [
      { do: 'rename', theme: 7, name: 'First' },
      { do: 'rename', topic: 1, name: 'Topic' },
      { do: 'rename', theme: 7, name: 'Second' },
      { do: 'rename', theme: 1, name: 'Nobody' },
    ];
    const renamed = renameThemes(themes, edits);
    expect(renamed.themes).toEqual([{ ...themes[0], name: 'Second' }, themes[1]]);
    expect(renamed.changed).toEqual(new Set([7]));
    expect(renamed.failed).toEqual(['edit 4, rename: there is no theme 1']);
    // They change no topic.
    expect(apply(edits).topics.map(({ name }) => name)).toEqual(['Topic 0', 'Topic', 'Topic 4']);
    expect(apply(edits).failed).toEqual([]);
  });

  test('notes are kept, replaced, and taken away by an empty one', () => {
    const { notes } = apply([
      { do: 'note', topic: 1, note: 'check' },
      { do: 'note', texts: about(3), note: 'odd' },
      { do: 'note', topic: 1, note: 'checked' },
      { do: 'note', texts: about(4), note: 'gone' },
      { do: 'note', texts: about(4), note: '' },
    ]);
    expect([...notes.topics]).toEqual([[1, 'checked']]);
    expect([...notes.texts]).toEqual([[3, 'odd']]);
  });

  test('replay after rows were added, and in another order; what is gone is said', () => {
    const edits: Edit[] = [
      { do: 'move', to: 1, texts: about(2, 3) },
      { do: 'drop', topic: 99 },
      { do: 'split', topic: 4, name: 'Taken', keywords: [], texts: about(0) },
    ];
    // The texts backwards, without text 3, and two new ones.
    const others = [...texts.filter((_, row) => row !== 3).reverse(), 'new', 'newer'];
    const moved = applyEdits({ labels: new Int32Array(others.length), topics: found.topics }, edits, (row) =>
      fingerprint(others[row]),
    );
    expect([...moved.labels.keys()].filter((row) => moved.labels[row] === 1)).toEqual([
      others.indexOf('text 2'),
    ]);
    expect(moved.failed).toEqual([
      'edit 1, move: 1 of 2 texts are no longer there',
      'edit 2, drop: there is no topic 99',
      'edit 3, split: there is a topic 4 already',
    ]);
  });

  test('a file comes back as it was saved, and what is wrong with one is said', () => {
    const edits: Edit[] = [
      { do: 'rename', topic: 0, name: 'A' },
      { do: 'merge', topics: [1], into: 0 },
      { do: 'split', topic: 5, name: 'B', keywords: [], texts: about(1) },
      { do: 'move', to: -1, texts: about(2) },
      { do: 'drop', topic: 1 },
      { do: 'note', topic: 0, note: '' },
      { do: 'note', texts: about(0), note: 'n' },
    ];
    expect(readEdits(JSON.parse(JSON.stringify(editsFile(edits))))).toEqual(edits);
    const fault = (json: unknown) => {
      try {
        readEdits(json);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      return null;
    };
    expect(fault([])).toMatch(/"denscape" must be "edits\/1"/);
    expect(fault({ denscape: 'edits/1' })).toBe('"edits" must be a list');
    const one = (edit: unknown) => fault({ denscape: 'edits/1', edits: [{ do: 'drop', topic: 0 }, edit] });
    expect(one(null)).toBe('edit 2 must be an object with "do"');
    expect(one({ do: 'rename', topic: 0, name: ' ' })).toBe('edit 2 needs "topic" and "name"');
    expect(one({ do: 'rename', theme: 0 })).toBe('edit 2 needs "theme" and "name"');
    expect(one({ do: 'drop', topic: -1 })).toBe('edit 2 needs "topic"');
    expect(one({ do: 'move', to: 0, texts: { rows: [1], prints: [] } })).toBe(
      'edit 2 needs "to" and "texts"',
    );
    expect(one({ do: 'explode' })).toBe('edit 2 has an unknown "do": "explode"');
  });
});
