import * as v from 'valibot';
import { namingOptions } from './naming.js';
import { option } from './option.js';
import { above, flag, text, webAddress, whole } from './schemas.js';

const IDLE = ['store.uri', 'graph', 'vectors'];

export const facetOptions = {
  'facet.question': option({
    schema: text,
    help: 'question that a language model answers about each text; its short answers are embedded, clustered and named in place of the texts',
    required: true,
    flag: '--facet <question>',
    foundConfig: false,
    rule: (of) => {
      if (of('facet.question') === undefined) return undefined;
      const idle =
        IDLE.find((path) => of(path) !== undefined) ??
        (of('boilerplate') === 'drop' ? 'boilerplate' : undefined);
      return idle === undefined
        ? undefined
        : `can't be with \`${idle}\`: the answers are embedded, not the texts; leave one of them out`;
    },
  }),
  'facet.model': option({
    schema: text,
    help: 'language model that answers `facet.question`',
    fallback: { text: '`nameWith.model`', value: (of) => of('nameWith.model') as string | undefined },
    foundConfig: false,
    rule: (of) =>
      of('facet.question') !== undefined && of('facet.model') === undefined
        ? 'must be given with `facet.question`, or as `nameWith.model`'
        : undefined,
  }),
  'facet.baseUrl': option({
    schema: webAddress,
    help: 'address of the OpenAI-compatible endpoint of `facet.model`',
    fallback: { text: '`nameWith.baseUrl`', value: (of) => of('nameWith.baseUrl') as string | undefined },
    flag: '--facet-url <url>',
    address: true,
    foundConfig: false,
    reported: false,
  }),
  'facet.apiKey': option({
    schema: v.string('must be a text'),
    help: 'API key for `facet.baseUrl`; on the command line @FILE reads it from a file',
    fallback: {
      text: '`nameWith.apiKey` where both have one address, else as for `apiKey`',
      value: (of) =>
        of('facet.baseUrl') === of('nameWith.baseUrl')
          ? (of('nameWith.apiKey') as string | undefined)
          : undefined,
    },
    flag: '--facet-api-key <key>',
    foundConfig: false,
    secret: true,
    reported: false,
  }),
  'facet.timeout': option({
    schema: above(0),
    help: 'most seconds for one answer',
    default: 60,
    flag: '--facet-timeout <seconds>',
    reported: false,
  }),
  'facet.maxCalls': option({
    schema: whole(1),
    help: 'largest number of requests for answers, repeated ones included; more texts than that are refused before the first',
    default: 1000,
    flag: '--facet-max-calls <n>',
  }),
  'facet.maxTokens': option({
    schema: whole(1),
    help: 'largest number of tokens for answers, prompts and responses together',
    default: 2_000_000,
    flag: '--facet-max-tokens <n>',
  }),
  'facet.cacheFolder': option({
    schema: v.union([flag, text], 'must be true, false or a folder'),
    help: 'folder where answers are kept by text and question, so that no text is asked about twice',
    fallback: { text: '`cache`', value: (of) => of('cache') },
    flag: '--facet-cache <folder>',
    foundConfig: false,
    reported: false,
  }),
  redact: namingOptions.redact,
};
