import { expect, test } from 'vitest';
import type { Topic } from '../../src/shapes.js';
import { nameMixedByTopics } from '../../src/topics/mixed-groups.js';

const topic = (id: number, name: string, size: number, ...keywords: string[]): Topic => ({
  ...{ id, name, size, keywords, persistence: 0, exemplars: [] },
});

const topics = [
  topic(0, 'Dog, fun', 90, 'dog', 'fun'),
  topic(1, 'Planet, Earth', 120, 'planet', 'Earth'),
  topic(2, 'Mixed: “how are you”', 300, 'you'),
  topic(3, 'Dogs, pets', 80, 'Dogs', 'pets'),
  topic(4, 'Christmas, Santa', 70, 'Christmas', 'Santa'),
  topic(5, 'Kung fu', 60, 'kung fu'),
  topic(6, 'Murder', 500, 'murder'),
];

test('a group of all kinds is named by its largest topics, each word once', () => {
  const groups = [
    topic(0, 'Mixed: Earth', 800, 'Earth'),
    topic(1, 'Crime', 600, 'crime'),
    topic(2, 'Mixed texts', 9),
  ];
  const named = nameMixedByTopics(groups, topics, Int32Array.of(0, 0, 0, 0, 0, 0, 1));
  expect(named.map(({ name }) => name)).toEqual(['Mixed: planet, dog, Christmas', 'Crime', 'Mixed texts']);
  expect(named[0].keywords).toEqual(['Earth']);
});

test('several words that the texts of a mixed group have in common are its name, unless another group has it', () => {
  const groups = [
    topic(0, 'Mixed: iOS, murder', 800, 'iOS'),
    topic(1, 'Mixed: murder, crime', 700, 'murder'),
    topic(2, 'Murder, crimes', 600, 'murder'),
  ];
  const named = nameMixedByTopics(groups, topics, Int32Array.of(0, 0, 0, 0, 1, 1, 2));
  expect(named.map(({ name }) => name)).toEqual(['iOS, murder', 'Mixed: murder, crime', 'Murder, crimes']);
});

test('one topic that is not mixed is too little to name a group by', () => {
  const groups = [topic(0, 'Mixed: “how are you”', 800, 'you')];
  const parents = Int32Array.of(-1, -1, 0, -1, -1, 0, -1);
  expect(nameMixedByTopics(groups, topics, parents)).toEqual(groups);
});
