import * as v from 'valibot';
import { cores } from '../wasm/thread.js';
import { option } from './option.js';
import { whole } from './schemas.js';

/** Options that several stages receive. */
export const threads = option({
  // More threads than processors only take them from each other: on two processors, four were a tenth slower than two.
  schema: v.pipe(
    whole(1, 1024),
    v.transform((most) => Math.min(most, cores())),
  ),
  help: 'most CPU threads that a stage uses; never more than there are processors, and the result is the same for any number',
  unset: 'the processors that the process may use',
  reported: false,
});
