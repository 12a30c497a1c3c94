import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.js';
import { type ClusterOptions, checkOptions } from '../src/options.js';

const refused: [string, unknown, string][] = [
  ['a cluster of one', { minClusterSize: 1 }, 'minClusterSize must be a whole number of at least 2; got 1'],
  ['no neighbours', { neighbors: 0 }, 'neighbors must be a whole number of at least 1; got 0'],
  ['a fraction of rows', { minSamples: 2.5 }, 'minSamples must be a whole number of at least 1; got 2.5'],
  [
    'an unknown method',
    { clusterSelectionMethod: 'best' },
    'clusterSelectionMethod must be one of eom, leaf; got "best"',
  ],
  ['a nested value', { layout: { minDist: -1 } }, 'layout.minDist must be a number of at least 0; got -1'],
  [
    'a model of the wrong kind',
    { model: 7 },
    'model must be a name, a folder, or an object with embed(texts); got 7',
  ],
];

describe('checkOptions', () => {
  test.each(refused)('refuses %s with the option, the rule and the value', (_, options, message) => {
    expect(() => checkOptions(options as ClusterOptions)).toThrow(new UserError(message));
  });

  test('an option that does not exist is named beside those that do', () => {
    expect(() => checkOptions({ minClustersize: 5 } as ClusterOptions)).toThrow(
      /^unknown option minClustersize; known: text, .*minClusterSize/,
    );
  });

  test('a secret of the wrong kind is refused without being repeated', () => {
    const options = { store: { uri: 'x', token: 12345 } } as unknown as ClusterOptions;
    expect(() => checkOptions(options)).toThrow(/^store\.token .*; got the value given$/);
  });

  test('on a command line the option is called by its flag', () => {
    expect(() => checkOptions({ minClusterSize: 1 }, (path) => `--${path}`)).toThrow(
      /^--minClusterSize must/,
    );
  });
});
