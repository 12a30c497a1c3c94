import * as v from 'valibot';
import type { Redact } from '../language-model/redact.js';
import { option } from './option.js';
import { above, callback, flag, languageCode, text, webAddress, whole } from './schemas.js';

export const namingOptions = {
  'nameWith.model': option({
    schema: text,
    help: 'language model that names the largest topics, served at `nameWith.baseUrl`; without it names are made from keywords',
    required: true,
    flag: '--name-with <model>',
    foundConfig: false,
  }),
  'nameWith.baseUrl': option({
    schema: webAddress,
    help: 'address of an OpenAI-compatible endpoint, such as http://localhost:11434/v1',
    required: true,
    flag: '--name-url <url>',
    address: true,
    foundConfig: false,
    reported: false,
  }),
  'nameWith.apiKey': option({
    schema: v.string('must be a text'),
    help: 'API key for `nameWith.baseUrl`; on the command line @FILE reads it from a file',
    unset: 'as for `apiKey`; without one no key is sent',
    flag: '--name-api-key <key>',
    foundConfig: false,
    secret: true,
    reported: false,
  }),
  'nameWith.largest': option({
    schema: whole(1),
    help: 'how many topics, and groups of each level above them, the language model names, the largest first',
    default: 20,
    flag: '--name-largest <n>',
  }),
  'nameWith.prompt': option({
    schema: text,
    help: 'how names and summaries are to be written, such as "for engineers, in plain words"',
    unset: 'plain',
    flag: '--name-prompt <text>',
  }),
  'nameWith.language': option({
    schema: languageCode,
    help: 'language of names and summaries, such as de',
    unset: 'that of the texts',
    flag: '--name-language <code>',
  }),
  'nameWith.timeout': option({
    schema: above(0),
    help: 'most seconds for one response of the language model',
    default: 60,
    flag: '--name-timeout <seconds>',
    reported: false,
  }),
  'nameWith.maxCalls': option({
    schema: whole(1),
    help: 'largest number of requests for names, repeated ones included',
    fallback: { text: 'ten times `nameWith.largest`', value: (of) => 10 * Number(of('nameWith.largest')) },
    flag: '--name-max-calls <n>',
  }),
  'nameWith.maxTokens': option({
    schema: whole(1),
    help: 'largest number of tokens for names, prompts and responses together',
    default: 200_000,
    flag: '--name-max-tokens <n>',
  }),
  'nameWith.cacheFolder': option({
    schema: v.union([flag, text], 'must be true, false or a folder'),
    help: 'folder where names are kept, so that a later run neither pays nor differs',
    fallback: { text: '`cache`', value: (of) => of('cache') },
    flag: '--name-cache <folder>',
    foundConfig: false,
    reported: false,
  }),
  redact: option({
    schema: v.union([flag, callback<Redact>()], 'must be true or false'),
    help: 'replace e-mail addresses, telephone and card numbers in texts before they are sent to a language model or an openai: endpoint',
    inCode: 'a function that returns the text to send',
    default: false,
    flag: '--redact',
  }),
};
