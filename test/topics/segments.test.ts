import { expect, test } from 'vitest';
import { withWholeWords } from '../../src/topics/segments.js';
import { FIRST_FORM, type Tokens, tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';

const divided = (language: string, texts: string[]) =>
  tokenize(texts, new Divider([language]), () => undefined);

const wordsOf = ({ stream, wordOf, words }: Tokens): string[] =>
  Array.from(stream)
    .filter((token) => token >= FIRST_FORM)
    .map((token) => words[wordOf[token - FIRST_FORM]]);

/** The words of texts, and how many of the texts hold one of them. */
async function whole(language: string, texts: string[], word: string) {
  const tokens = withWholeWords(await divided(language, texts), [language]);
  return { words: wordsOf(tokens), texts: tokens.documents[tokens.words.indexOf(word)] };
}

test('a Chinese word whose last character always follows is one word', async () => {
  const texts = ['志愿者帮助老人。', '很多志愿者参加了活动。', '学校招募志愿者。'];
  expect(wordsOf(await divided('zh', texts))).not.toContain('志愿者');
  const { words, texts: count } = await whole('zh', texts, '志愿者');
  expect(words.filter((word) => word === '志愿者')).toHaveLength(3);
  expect(count).toBe(3);
});

test('a Japanese name in Katakana that the dictionary divides is one word', async () => {
  const { words } = await whole(
    'ja',
    ['スタンフォード大学の研究。', 'スタンフォードの学生。'],
    'スタンフォード',
  );
  expect(words).toContain('スタンフォード');
  expect(words).not.toContain('フォード');
});

test('a foreign name in Chinese that the dictionary divides is one word, next to a word of Chinese too', async () => {
  const texts = ['维达尔加入球队。', '维达尔的新俱乐部。', '球迷喜欢维达尔。'];
  expect(wordsOf(await divided('zh', texts))).not.toContain('维达尔');
  const { words, texts: count } = await whole('zh', texts, '维达尔');
  expect(words).toContain('球队');
  expect(count).toBe(3);
});

test('a character that only sometimes follows stays a word of its own', async () => {
  const texts = ['志愿者来了。', '志愿服务很好。', '志愿工作很多。', '志愿活动开始。'];
  expect((await whole('zh', texts, '志愿者')).words).not.toContain('志愿者');
});

test('two Chinese words of meaning stay two, for they are a phrase', async () => {
  const texts = ['环境保护很重要。', '环境保护工作。', '加强环境保护。'];
  expect((await whole('zh', texts, '环境')).words).not.toContain('环境保护');
});

test('words of different texts are not put together', async () => {
  const tokens = withWholeWords(await divided('ja', ['スタン', 'フォード', 'スタン', 'フォード']), ['ja']);
  expect(wordsOf(tokens)).not.toContain('スタンフォード');
});

test('texts of languages with spaces stay as they are', async () => {
  const tokens = await divided('en', ['one text']);
  expect(withWholeWords(tokens, ['en', 'de'])).toBe(tokens);
});

test('Vietnamese syllables that always stand together are one word, also with one that is a small word alone', async () => {
  const texts = [
    'hãng hàng không quốc gia',
    'vé của hãng hàng không',
    'ngành hàng không Việt Nam',
    'anh ấy không đi',
    'tôi không biết',
  ];
  const { words } = await whole('vi', texts, 'hàng không');
  expect(words.filter((word) => word.includes('hàng không'))).toHaveLength(3);
  expect(words.filter((word) => word === 'không')).toHaveLength(2);
});

test('words of languages with spaces stay apart', async () => {
  const { words } = await whole('id', ['rumah sakit', 'rumah sakit baru', 'di rumah sakit'], 'rumah');
  expect(words).toContain('rumah');
});
