import * as v from 'valibot';
import type { Edit } from '../edits/edits.js';
import { option } from './option.js';
import { languageCode, oneOf, text, whole } from './schemas.js';
import { watchOptions } from './watch.js';

export const topicsOptions = {
  language: option({
    schema: languageCode,
    help: 'language of the texts, such as de',
    unset: 'detected topic by topic',
    flag: '--language <code>',
  }),
  keywords: option({
    schema: whole(1),
    help: 'number of keywords per topic',
    default: 10,
    flag: '--keywords <n>',
  }),
  examples: option({
    schema: whole(0),
    help: 'number of central texts per topic',
    default: 3,
    flag: '--examples <n>',
  }),
  stopWords: option({
    schema: v.union([text, v.array(v.string())], 'must be a file with a word on each line'),
    help: 'file of words that never name a topic, one on each line, besides those of the languages',
    inCode: 'a list of words',
    unset: 'the words of the languages alone',
    flag: '--stop-words <file>',
    foundConfig: (value) => Array.isArray(value), // a file may be anybody's
  }),
  edits: option({
    schema: v.union(
      [text, v.array(v.custom<Edit>((edit) => typeof edit === 'object' && edit !== null))],
      'must be a file that map.html saved',
    ),
    help: 'edits.json that the map saved: names, merged, split and dropped topics, and moved texts are replayed',
    inCode: 'a list of edits',
    unset: 'topics stay as they are found',
    flag: '--edits <file>',
    foundConfig: (value) => Array.isArray(value), // a file may be anybody's
    reported: false, // their number is among the findings
  }),
  minDf: option({
    schema: whole(1),
    help: 'number of texts, of all, that a keyword must stand in',
    default: 1,
    flag: '--min-df <n>',
  }),
  boilerplate: option({
    schema: oneOf('keep', 'drop'),
    help: 'keep footers, signatures and templates that more than 5 % of the texts share in what is embedded, or drop them; keywords never come from them',
    default: 'keep',
    flag: '--boilerplate <choice>',
    rule: (of) =>
      of('boilerplate') === 'drop' && of('store.uri') !== undefined
        ? "can't be drop with `store.uri`, which keeps the texts as they are; leave one of them out"
        : undefined,
  }),
};

const { boilerplate: _, ...describing } = topicsOptions;

/** Options of `openDescriber()` and `describeTopics()`. */
export const describerOptions = { ...describing, ...watchOptions };
