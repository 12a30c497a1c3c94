import { describe, expect, test } from 'vitest';
import { placeHierarchy } from '../../src/output/branches.js';
import { PLAIN_SHADE } from '../../src/output/palette.js';

/** Twelve topics of ten rows in a row; three themes of four topics; two groups above them. */
const labels = Int32Array.from({ length: 120 }, (_, row) => Math.floor(row / 10));
const points = Float32Array.from({ length: 240 }, (_, i) =>
  i % 2 === 0 ? labels[i >> 1] : ((i >> 1) % 10) / 10,
);
const groupsOf = (ids: Int32Array) =>
  [...new Set(ids)].map((id) => ({ id, size: ids.filter((one) => one === id).length }));
const level = (ids: Int32Array, isTheme: boolean) => ({ groups: groupsOf(ids), labels: ids, isTheme });
const topics = { groups: groupsOf(labels), labels };
const themes = level(
  labels.map((label) => Math.floor(label / 4)),
  true,
);
const coarse = level(
  labels.map((label) => (label < 8 ? 0 : 1)),
  false,
);

describe('colours of a hierarchy', () => {
  test('a theme has a colour, its topics have shades of it, and the group above has that of its largest part', () => {
    const placed = placeHierarchy(points, topics, [themes, coarse]);
    const [ofThemes, ofCoarse] = placed.levels;
    expect(new Set(ofThemes.map(({ color }) => color)).size).toBe(3);
    for (const [topic, { color }] of placed.topics.entries())
      expect(color).toBe(ofThemes[Math.floor(topic / 4)].color);
    for (const theme of [0, 1, 2]) {
      const shades = placed.topics.slice(4 * theme, 4 * theme + 4).map(({ shade }) => shade);
      expect(new Set(shades).size).toBe(4);
      expect(shades).toContain(PLAIN_SHADE);
    }
    expect(ofCoarse.map(({ color }) => color)).toEqual([ofThemes[0].color, ofThemes[2].color]);
    expect([...ofThemes, ...ofCoarse].every(({ shade }) => shade === PLAIN_SHADE)).toBe(true);
  });

  test('where there are more themes than colours, the next coarser level has the colours', () => {
    const many = { ...topics, isTheme: true };
    const placed = placeHierarchy(points, topics, [many, themes]);
    expect(new Set(placed.levels[1].map(({ color }) => color)).size).toBe(3);
    expect(placed.levels[0].map(({ color }) => color)).toEqual(placed.topics.map(({ color }) => color));
    expect(new Set(placed.levels[0].map(({ color }) => color)).size).toBe(3);
  });

  test('without levels each topic has a colour of its own', () => {
    const placed = placeHierarchy(points, topics, []);
    expect(placed.levels).toEqual([]);
    expect(placed.topics.every(({ shade }) => shade === PLAIN_SHADE)).toBe(true);
    expect(new Set(placed.topics.slice(0, 10).map(({ color }) => color)).size).toBe(10);
  });

  test('a topic without a placed row, and one that the level lacks, keep a colour', () => {
    const lost = labels.map((label) => (label === 3 ? -1 : Math.floor(label / 4)));
    const placed = placeHierarchy(points.slice().fill(Number.NaN, 0, 20), topics, [level(lost, true)]);
    expect(placed.topics).toHaveLength(12);
    expect(placed.topics[0].x).toBeNaN();
    expect(placed.topics.every(({ color }) => color >= 0 && color < 10)).toBe(true);
  });

  test('topics and themes keep the colours that they had; new ones take others', () => {
    const before = placeHierarchy(points, topics, [themes, coarse]);
    const colorsOf = (groups: { id: number }[], places: typeof before.topics) =>
      Object.fromEntries(
        groups.map(({ id }, i): [number, [number, number]] => [id, [places[i].color, places[i].shade]]),
      );
    const known = {
      topics: colorsOf(topics.groups.slice(0, 11), before.topics),
      themes: colorsOf(themes.groups.slice(0, 2), before.levels[0]),
    };
    // Topic 3 is in another theme now, and topic 11 and the third theme are new.
    const moved = level(
      labels.map((label) => (label === 3 ? 1 : Math.floor(label / 4))),
      true,
    );
    const after = placeHierarchy(points.slice().reverse(), topics, [moved, coarse], known);
    expect(colorsOf(topics.groups.slice(0, 11), after.topics)).toEqual(known.topics);
    expect(colorsOf(themes.groups.slice(0, 2), after.levels[0])).toEqual(known.themes);
    // Most rows of the new theme are in topics of one colour, which no other theme has.
    expect(after.levels[0][2].color).toBe(before.topics[8].color);
    expect(after.topics[11].color).toBe(before.topics[8].color);
    const beside = after.topics.slice(8, 11).map(({ shade }) => shade);
    expect(beside).not.toContain(after.topics[11].shade);
  });

  test('without levels a new topic has a colour that no topic near it has', () => {
    const before = placeHierarchy(points, { ...topics, groups: topics.groups.slice(0, 9) }, []);
    const known = {
      topics: Object.fromEntries(
        before.topics.map(({ color, shade }, id) => [id, [color, shade] as [number, number]]),
      ),
      themes: {},
    };
    const nine = { ...topics, groups: topics.groups.slice(0, 10) };
    const after = placeHierarchy(points, nine, [], known);
    expect(after.topics.slice(0, 9).map(({ color }) => color)).toEqual(
      before.topics.map(({ color }) => color),
    );
    expect(new Set(after.topics.map(({ color }) => color)).size).toBe(10);
  });
});
