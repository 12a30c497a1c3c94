import * as v from 'valibot';
import { option } from './option.js';
import { whole } from './schemas.js';

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
};
