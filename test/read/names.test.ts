import { expect, test } from 'vitest';
import { isBodyName, isOtherName, isReplyName, isTitleName } from '../../src/read/names.js';

test.each([
  'text',
  'Review Text',
  'short_description',
  'selftext',
  'reviewBody',
  'Kommentar',
  '内容',
  'विवरण',
  'texto',
])('%s names a running text', (name) => expect(isBodyName(name)).toBe(true));

test.each(['review_date', 'text_id', 'commentCount', 'body length', 'message type', 'context', 'hypertext'])(
  '%s names no running text',
  (name) => expect(isBodyName(name)).toBe(false),
);

test.each(['title', 'Review Title', 'Betreff', '标题', 'headline'])('%s names a heading', (name) =>
  expect(isTitleName(name)).toBe(true),
);

test.each(['Developer Reply Text', 'references', 'quoted_text', 'parentComment'])(
  '%s names what somebody else wrote',
  (name) => expect(isReplyName(name)).toBe(true),
);

test.each(['url', 'created_date', 'authorName', 'ID'])('%s names something other than texts', (name) =>
  expect(isOtherName(name)).toBe(true),
);
