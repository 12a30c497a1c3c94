import * as v from 'valibot';
import type { OnProgress } from '../progress.js';
import { option } from './option.js';
import { callback } from './schemas.js';

/** What every long-running call accepts. */
export const watchOptions = {
  onProgress: option({
    schema: callback<OnProgress>(),
    help: 'called with what is done and what was found; called often, so it must be quick',
    unset: 'nothing is called',
    flag: false,
    reported: false,
  }),
  signal: option({
    schema: v.instance(AbortSignal, 'must be an AbortSignal'),
    help: 'ends the work within a second; the call rejects with the reason of the signal',
    unset: 'none',
    flag: false,
    reported: false,
  }),
};
