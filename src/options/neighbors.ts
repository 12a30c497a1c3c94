import * as v from 'valibot';
import { option } from './option.js';
import { whole } from './schemas.js';
import { threads } from './shared.js';

export const neighborsOptions = {
  neighbors: option({
    schema: v.union([whole(1), v.literal('auto')], 'must be a whole number of at least 1'),
    help: 'nearest neighbours searched for every row, or auto, which is 50; it changes the time, not the clusters',
    default: 'auto',
    flag: '--neighbors <k>',
  }),
  threads,
};
