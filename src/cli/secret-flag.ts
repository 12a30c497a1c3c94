import { readFileSync } from 'node:fs';
import { UserError } from '../errors.js';
import { keepSecret } from '../secrets.js';

/**
 * A key or token from the command line: `@FILE` is read from the file, without the line break at its end, so that
 * the secret stands in no process list and no shell history. Anything else is the secret itself.
 */
export function readSecret(flag: string, given: string): string {
  if (!given.startsWith('@')) {
    keepSecret(given);
    return given;
  }
  const file = given.slice(1);
  let secret: string;
  try {
    secret = readFileSync(file, 'utf8')
      .replace(/^\ufeff/, '')
      .trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UserError(
      `${flag} @${file}: the file can't be read (${code}); give @FILE with a file that holds the key`,
      { code: 'ACCESS_DENIED', file, cause: error },
    );
  }
  if (secret === '')
    throw new UserError(`${flag} @${file}: the file is empty; give a file that holds the key`, {
      code: 'ACCESS_DENIED',
      file,
    });
  if (/[\r\n]/.test(secret)) {
    throw new UserError(
      `${flag} @${file}: the file has several lines; give a file that holds the key and nothing else`,
      { code: 'ACCESS_DENIED', file },
    );
  }
  keepSecret(secret);
  return secret;
}
