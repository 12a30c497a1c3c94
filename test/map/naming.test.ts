import { describe, expect, test } from 'vitest';
import { Strings } from '../../src/map/page/blocks.js';
import { Naming, nameOf } from '../../src/map/page/naming.js';
import { sampleMap } from './sample.js';

/** Texts that need no page to be decoded from. */
class Ready extends Strings {
  constructor(private readonly all: string[]) {
    super([0], () => '');
  }
  override async at(row: number): Promise<string> {
    return this.all[row];
  }
}

describe('names of topics that the page makes', () => {
  test('are words of the topic, not words of all texts', async () => {
    const data = sampleMap(1000);
    const naming = new Naming(new Ready(data.texts), data.rows);
    const tennis = data.topics.find(({ name }) => name === 'Tennis')!;
    const rows = Array.from(data.labels.keys()).filter((i) => data.labels[i] === tennis.id);
    const keywords = await naming.keywords('tennis', rows);
    const words = 'tennis seed wimbledon serve baseline doubles federer roddick volley court'.split(' ');
    expect(keywords.length).toBe(6);
    expect(keywords.every((word) => words.includes(word.toLowerCase()))).toBe(true);
  });

  test('are found in Chinese and Japanese, which write no spaces', async () => {
    const texts = [
      ...Array.from({ length: 20 }, (_, i) => `石油价格上涨${i}，原油供应紧张`),
      ...Array.from({ length: 60 }, (_, i) => `网球比赛${i}今天开始`),
      ...Array.from({ length: 40 }, (_, i) => `東京で地震がありました${i}`),
    ];
    const naming = new Naming(new Ready(texts), texts.length);
    const keywords = await naming.keywords(
      'oil',
      Array.from({ length: 20 }, (_, i) => i),
    );
    expect(keywords.join()).toMatch(/石油|原油|价格/);
    expect(keywords.join()).not.toMatch(/网球|地震|\d/);
  });

  test('fall back where texts hold no words', async () => {
    const naming = new Naming(new Ready(['1 2', '3 4', '...', '5']), 4);
    expect(nameOf(await naming.keywords('numbers', [0, 1, 2, 3]), 'Topic of 4 texts')).toBe(
      'Topic of 4 texts',
    );
    expect(nameOf(['oil', 'barrel', 'crude', 'opec'], '')).toBe('Oil, barrel, crude');
  });
});
