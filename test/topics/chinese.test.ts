import { expect, test } from 'vitest';
import { isChineseVerb } from '../../src/topics/chinese.js';
import { tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';

const texts = ['他适应了环境。', '可以适应新的环境。', '不适应这个环境。', '旅行的环境。', '该环境很好。'];

test('a Chinese word after "can" and "not" or before a sign of the past is a verb', async () => {
  const tokens = await tokenize(texts, new Divider(['zh']), () => undefined);
  expect(isChineseVerb(tokens.words.indexOf('适应'), tokens)).toBe(true);
});

test('a Chinese word after "of" and "this" is a noun', async () => {
  const tokens = await tokenize(texts, new Divider(['zh']), () => undefined);
  expect(isChineseVerb(tokens.words.indexOf('环境'), tokens)).toBe(false);
});
