import * as v from 'valibot';
import { expect, test } from 'vitest';
import { lineIn, objectIn, saidBy } from '../../src/language-model/reply.js';

const Named = v.object({ name: v.string() });

test.each([
  '{"name": "Port strikes"}',
  'Of course! Here it is:\n\n```json\n{"name": "Port strikes"}\n```\nShall I go on?',
  'I looked at {these} and {"other": 1}. The best is {"name": "Port strikes", "summary": "With a } in it"} I think.',
  '{"reasoning": {"name": 7}, "x": [1, 2]} {"name": "Port strikes"}',
])('the object is found in %j', (said) => {
  expect(objectIn(said, Named)?.name).toBe('Port strikes');
});

test.each(['', '{', '{"name": ', '{"name": 7}', 'no object', '[]', 'null', '{'.repeat(10_000)])(
  'there is none in %j',
  (said) => {
    expect(objectIn(said, Named)).toBeUndefined();
  },
);

test('reasoning, terminal sequences and half characters are taken out', () => {
  expect(saidBy('<think>{"name": "no"}</think> \u001b[31mred\u001b[0m \ud800')).toBe('red \ufffd');
});

test.each([
  'a\nb',
  '<b>bold</b>',
  '[link](x)',
  'see https://example.org',
  '{{name}}',
  '42',
  'Sorry, I can not',
])('%j is no line to show', (said) => {
  expect(lineIn(said, 80)).toBeUndefined();
});

test('a sentence keeps its full stop, and loses quotes around it', () => {
  expect(lineIn('"Dockers stop work."', 80)).toBe('Dockers stop work.');
});
