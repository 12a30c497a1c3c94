import { option } from './option.js';
import { whole } from './schemas.js';

/** Options that several stages receive. */
export const threads = option({
  schema: whole(1, 1024),
  help: 'number of CPU threads for every stage; the result is the same for any number',
  unset: 'the cores of the machine',
  reported: false,
});
