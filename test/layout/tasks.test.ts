import { describe, expect, test } from 'vitest';
import { blocksFor, dealLanes, tournament } from '../../src/layout/tasks.js';

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

describe('lanes', () => {
  const cases = [1, 2, 4, 16, 32].flatMap((blocks) =>
    [1, 2, 3, 5, 8].map((lanes) => [blocks, Math.min(lanes, Math.max(1, blocks / 2))] as const),
  );

  test.each(cases)(
    '%i blocks in %i lanes: each task once, and some lane can always go on',
    (blocks, lanes) => {
      const { starts, tasks } = dealLanes(blocks, lanes);
      const pairs = tournament(blocks);
      const between = pairs.length;
      for (let block = 0; block < blocks; block++) pairs.push([block, block]);
      expect([...tasks].sort((a, b) => a - b)).toEqual([...pairs.keys()]);
      // A task waits until both of its blocks have been through the rounds before it.
      const roundOf = (task: number) => (task < between ? Math.floor(task / (blocks / 2)) : blocks - 1);
      const done = new Int32Array(blocks);
      const next = starts.slice(0, lanes);
      let left = tasks.length;
      for (let lane = 0, waited = 0; left > 0 && waited < lanes; lane = (lane + 1) % lanes) {
        const own = pairs[tasks[next[lane]]];
        if (
          next[lane] === starts[lane + 1] ||
          own.some((block) => done[block] < roundOf(tasks[next[lane]]))
        ) {
          waited++;
          continue;
        }
        for (const block of new Set(own)) done[block]++;
        next[lane]++;
        left--;
        waited = 0;
      }
      expect(left).toBe(0);
    },
  );

  test('two lanes of sixteen blocks exchange one block a round each way', () => {
    const { starts, tasks } = dealLanes(16, 2);
    const pairs = tournament(16);
    const blocksIn = (lane: number, round: number) =>
      new Set(
        [...tasks.subarray(starts[lane], starts[lane + 1])]
          .filter((task) => task < pairs.length && Math.floor(task / 8) === round)
          .flatMap((task) => pairs[task]),
      );
    for (let round = 1; round < 15; round++) {
      const before = blocksIn(0, round - 1);
      expect([...blocksIn(0, round)].filter((block) => !before.has(block))).toHaveLength(1);
    }
  });
});
