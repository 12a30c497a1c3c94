import { describe, expect, test } from 'vitest';
import { renderMap } from '../../src/map/map.js';
import { columnsOfTexts } from '../../src/map/texts.js';
import { sampleMap } from './sample.js';

describe('the columns that texts are made of', () => {
  const titles = ['One', '', 'Three', 'same'];
  const bodies = ['first', 'second', ' ', 'same'];
  const joined = ['first\nOne', 'second', 'Three', 'same\nsame'];

  test('are found in their order, blank cells and all', () => {
    expect(columnsOfTexts(joined, [titles, undefined, bodies])).toEqual([2, 0]);
    expect(columnsOfTexts(titles, [bodies, titles])).toEqual([1]);
  });

  test('are not found where a single text differs', () => {
    expect(columnsOfTexts([...joined.slice(0, 3), 'same'], [titles, bodies])).toBeUndefined();
    expect(columnsOfTexts(['other'], [['one']])).toBeUndefined();
    expect(columnsOfTexts(['', ''], [['one', 'two']])).toBeUndefined();
    expect(columnsOfTexts([], [[]])).toBeUndefined();
  });

  test('take the texts out of the file', async () => {
    const data = sampleMap(400);
    const halves = data.texts.map((text) => text.split('\n'));
    const columns = [
      { name: 'title', values: halves.map(([title]) => title) },
      { name: 'body', values: halves.map(([, body]) => body) },
    ];
    const once = await renderMap({ ...data, columns });
    const twice = await renderMap({ ...data, columns, texts: data.texts.map((text) => `${text}.`) });
    expect(once).not.toContain('id="d-texts-0"');
    expect(twice).toContain('id="d-texts-0"');
    expect(once.length).toBeLessThan(twice.length - 10_000);
  });
});
