import * as v from 'valibot';
import type { Matrix } from '../shapes.js';

/** The pieces that option records are made of. Each message reads after an option's name. */

/** The largest whole number that WebAssembly takes as a count. */
const MOST = 0x7fffffff;

const numberWith = (rule: string, check: (value: number) => boolean) => {
  const message = `must be ${rule}`;
  return v.pipe(v.number(message), v.check(check, message));
};

/** A whole number of at least `least`; of at most `most`, where that is given. */
export const whole = (least: number, most = MOST) =>
  numberWith(
    most === MOST ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && value >= least && value <= most,
  );

export const integer = numberWith('a whole number', Number.isSafeInteger);

export const atLeast = (least: number) =>
  numberWith(`a number of at least ${least}`, (value) => Number.isFinite(value) && value >= least);

export const between = (least: number, most: number) =>
  numberWith(`a number from ${least} to ${most}`, (value) => value >= least && value <= most);

export const above = (bound: number) =>
  numberWith(`a number above ${bound}`, (value) => Number.isFinite(value) && value > bound);

export const text = v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty'));

export const flag = v.boolean('must be true or false');

export const oneOf = <const T extends readonly string[]>(...names: T) =>
  v.picklist(names, `must be one of ${names.join(', ')}`);

/** One value, or a list of at least one. */
export const someOf = <S extends v.GenericSchema>(one: S, message: string) =>
  v.union([one, v.pipe(v.array(one), v.minLength(1, message))], message);

/** Names with values, such as an index's parameters. */
export const pairs = v.record(
  v.string(),
  v.union([v.string(), v.number()]),
  'must be names with a text or a number each',
);

const webRule = 'must be an http or https address such as http://localhost:11434/v1';

/** A web address. Slashes at its end are taken off. */
export const webAddress = v.pipe(
  v.string(webRule),
  v.check((value) => URL.canParse(value) && /^https?:\/\//i.test(value), webRule),
  v.transform((value) => value.replace(/\/+$/, '')),
);

/** Whether the code names a language that the runtime's language data knows. */
function isLanguage(code: string): boolean {
  if (!/^[a-z]{2,3}([-_][a-z0-9]{1,8})*$/i.test(code.trim())) return false;
  const language = code.trim().toLowerCase().split(/[-_]/)[0];
  return new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(language) !== undefined;
}

const languageRule = 'must be an ISO 639 code such as en, de or zh';

export const languageCode = v.pipe(v.string(languageRule), v.check(isLanguage, languageRule));

export const callback = <F>() => v.custom<F>((value) => typeof value === 'function', 'must be a function');

/** Only that it is a matrix; the stage checks its sizes. */
export const matrixSchema = v.custom<Matrix>(
  (value) =>
    typeof value === 'object' && value !== null && 'data' in value && 'rows' in value && 'cols' in value,
  'must be { data, rows, cols }',
);
