import type { Watch } from '../progress.js';
import { cleanError, keepAddress, keepSecret, withoutSecrets } from '../secrets.js';
import type { OptionTable } from './option.js';
import { givenAt } from './resolve.js';

/** Runs so that no progress message and no error holds a key, a token or a password of the options. */
export async function discreetly<O extends Watch, T>(
  table: OptionTable,
  options: O,
  run: (safe: O) => Promise<T>,
): Promise<T> {
  keepSecretsOf(table, options);
  const onProgress = options?.onProgress;
  try {
    if (typeof onProgress !== 'function') return await run(options);
    return await run({
      ...options,
      onProgress: (progress) =>
        onProgress(progress.message ? { ...progress, message: withoutSecrets(progress.message) } : progress),
    });
  } catch (error) {
    throw cleanError(error);
  }
}

/** From here on these are taken out of every text, those of the environment anyway. Options may still be unchecked. */
function keepSecretsOf(table: OptionTable, options: object): void {
  for (const [path, { secret, address }] of Object.entries(table)) {
    const value = secret || address ? givenAt(options, path) : undefined;
    if (typeof value !== 'string') continue;
    if (secret) keepSecret(value);
    else keepAddress(value);
  }
}
