import { describe, expect, test } from 'vitest';
import { placeLabels } from '../../src/map/page/labels.js';
import { readableAt } from '../../src/map/page/readable.js';
import type { MapTopic } from '../../src/map/page/topics.js';

/** A stage of 400 × 300 pixels that shows the map from 0 to 400 and from 0 to 300, with a list at its left. */
const around = {
  view: { x: 200, y: 150, scale: 1 },
  width: 400,
  height: 300,
  panels: [{ left: 0, top: 0, right: 100, bottom: 200 }],
};
const name = { width: 80, height: 20, dx: 0, dy: 0 };

describe('where a name can be read in the view of everything', () => {
  test.each<[string, { x: number; y: number }, [number, number] | null]>([
    ['a name with nothing around it stays', { x: 250, y: 150 }, [0, 0]],
    ['one at the side of the stage moves inside', { x: 390, y: 150 }, [-34, 0]],
    ['one at the lower edge moves up', { x: 250, y: 295 }, [0, -9]],
    ['one that a panel covers in part moves aside', { x: 120, y: 100 }, [20, 0]],
    ['one at the end of a panel moves below it', { x: 60, y: 195 }, [0, 15]],
    ['one far below a panel has no place near by', { x: 20, y: 100 }, null],
    ['one whose topic is out of sight stays', { x: 500, y: 150 }, [0, 0]],
  ])('%s', (_, place, offset) => {
    expect(readableAt(around, place, name)).toEqual(offset);
  });

  test('a name that is wider than the stage has no place', () => {
    expect(readableAt(around, { x: 250, y: 250 }, { ...name, width: 500 })).toBeNull();
  });

  test('names are placed where they can be read, and apart', () => {
    const topic = (id: number, x: number, y: number) =>
      ({
        id,
        size: 100,
        name: `Topic ${id}`,
        x,
        y,
        box: { left: x - 30, right: x + 30, top: y - 30, bottom: y + 30 },
      }) as MapTopic;
    const topics = [topic(1, 110, 100), topic(2, 150, 104), topic(3, 395, 250)];
    const labels = placeLabels([topics], 1, (text, size) => (text.length * size) / 2, 1, around);
    const boxes = labels.map(({ topic: { x, y }, dx, dy, width, height }) => ({
      ...{ left: x + dx - width / 2, right: x + dx + width / 2 },
      ...{ top: y + dy - height / 2, bottom: y + dy + height / 2 },
    }));
    expect(boxes).toHaveLength(3);
    for (const [i, { left, right, top, bottom }] of boxes.entries()) {
      expect(left >= 100 && right <= 400 && top >= 0 && bottom <= 300).toBe(true);
      for (const other of boxes.slice(0, i))
        expect(right <= other.left || left >= other.right || bottom <= other.top || top >= other.bottom).toBe(
          true,
        );
    }
  });
});
