import { describe, expect, test } from 'vitest';
import { blocksFor, tournament } from '../../src/layout/tasks.js';

describe('tournament', () => {
  test.each([2, 4, 6, 16, 32])('%i blocks meet each other once, and none twice in a round', (blocks) => {
    const pairs = tournament(blocks);
    expect(new Set(pairs.map(([one, other]) => one * blocks + other)).size).toBe((blocks * (blocks - 1)) / 2);
    expect(pairs).toHaveLength((blocks * (blocks - 1)) / 2);
    for (let round = 0; round < pairs.length; round += blocks / 2) {
      expect(new Set(pairs.slice(round, round + blocks / 2).flat()).size).toBe(blocks);
    }
  });
});

test('blocks are one or an even number, and hold hundreds of vertices', () => {
  for (let vertices = 0; vertices < 200_000; vertices += 333) {
    const blocks = blocksFor(vertices);
    expect(blocks === 1 || blocks % 2 === 0).toBe(true);
    if (blocks > 1) expect(vertices / blocks).toBeGreaterThanOrEqual(400);
  }
});
