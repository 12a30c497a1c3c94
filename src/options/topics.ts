import * as v from 'valibot';
import { option } from './option.js';
import { oneOf, text, whole } from './schemas.js';
import { watchOptions } from './watch.js';

const languageRule = 'must be an ISO 639 code such as en, de or zh';

/** Whether the code names a language that the runtime's language data knows. */
function isLanguage(code: string): boolean {
  if (!/^[a-z]{2,3}([-_][a-z0-9]{1,8})*$/i.test(code.trim())) return false;
  const language = code.trim().toLowerCase().split(/[-_]/)[0];
  return new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(language) !== undefined;
}

export const topicsOptions = {
  language: option({
    schema: v.pipe(v.string(languageRule), v.check(isLanguage, languageRule)),
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
