import * as v from 'valibot';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../src/errors.js';
import { option } from '../../src/options/option.js';
import { pickOptions, resolveOptions, resolveStages } from '../../src/options/resolve.js';
import { type ClusterOptions, resolveSettings } from '../../src/options/table.js';
import { planTree } from '../../src/pipeline/grouping.js';
import { withProcessors } from '../helpers/processors.js';

afterEach(() => vi.restoreAllMocks());

const refused: [string, unknown, string, string][] = [
  [
    'a cluster of one',
    { minClusterSize: 1 },
    'minClusterSize',
    'must be a whole number of at least 2; got 1',
  ],
  ['no neighbours', { neighbors: 0 }, 'neighbors', 'must be a whole number of at least 1; got 0'],
  ['a fraction of rows', { minSamples: 2.5 }, 'minSamples', 'must be a whole number of at least 1; got 2.5'],
  [
    'an unknown method',
    { clusterSelectionMethod: 'best' },
    'clusterSelectionMethod',
    'must be one of eom, leaf; got "best"',
  ],
  ['a nested value', { layout: { minDist: -1 } }, 'layout.minDist', 'must be a number of at least 0; got -1'],
  [
    'a model of the wrong kind',
    { model: 7 },
    'model',
    'must be a name, a folder, or an object with embed(texts); got 7',
  ],
  [
    'points further apart than their spread',
    { layout: { minDist: 5 } },
    'layout.minDist',
    'must be a number from 0 up to `spread` (1); got 5',
  ],
  [
    'too many pushes',
    { layout: { negativeSampleRate: 5000 } },
    'layout.negativeSampleRate',
    'must be a whole number from 0 to 1000; got 5000',
  ],
  [
    'a language by its name',
    { language: 'english' },
    'language',
    'must be an ISO 639 code such as en, de or zh; got "english"',
  ],
  [
    'a code of no language',
    { language: 'xq' },
    'language',
    'must be an ISO 639 code such as en, de or zh; got "xq"',
  ],
  [
    'squares of a reduced space',
    { squared: true, space: 'reduced' },
    'squared',
    "can't be used with `space` reduced, where distances are those of the reduced space; leave one of them out; got true",
  ],
  [
    'an endpoint that is no address',
    { nameWith: { model: 'x', baseUrl: 'nowhere' } },
    'nameWith.baseUrl',
    'must be an http or https address such as http://localhost:11434/v1; got "nowhere"',
  ],
  ['two tokens', { maxTokens: 1 }, 'maxTokens', 'must be a whole number of at least 3; got 1'],
  [
    'a long delimiter',
    { delimiter: ';;' },
    'delimiter',
    'must be one character and no quote or line break; got ";;"',
  ],
  [
    'no devices',
    { device: [] },
    'device',
    'must be one or several of auto, cpu, cuda, webgpu, dml, coreml; got []',
  ],
  ['a signal that is none', { signal: true }, 'signal', 'must be an AbortSignal; got true'],
];

const errorOf = (options: unknown): UserError => {
  try {
    resolveSettings(options as ClusterOptions);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('resolveSettings', () => {
  test.each(refused)('refuses %s with the option, the rule and the value', (_, options, path, rest) => {
    const error = errorOf(options);
    expect(error.message).toBe(`${path} ${rest}`);
    expect(error.option).toBe(path);
    expect(error.code).toBe('OPTION_INVALID');
  });

  test.each([
    ['minClustersize', { minClustersize: 5 }, 'minClusterSize'],
    ['min_cluster_size', { min_cluster_size: 5 }, 'minClusterSize'],
    ['minDist', { minDist: 0.2 }, 'layout.minDist'],
    ['layout.minDistance', { layout: { minDistance: 0.2 } }, 'layout.minDist'],
    ['format', { format: 'csv' }, 'inputFormat'],
    ['store.url', { store: { url: 'x' } }, 'store.uri'],
  ])('the unknown option %s is refused with the nearest known name', (name, options, nearest) => {
    const error = errorOf(options);
    expect(error.message).toBe(`unknown option ${name}; did you mean \`${nearest}\`?`);
    expect(error.code).toBe('OPTION_UNKNOWN');
  });

  test('an option of the command is refused with what does the same in code', () => {
    expect(errorOf({ out: 'topics' }).message).toBe(
      "unknown option out; files are written by `await result.save('topics')`",
    );
  });

  test('an unknown option like no other is refused with all that are known', () => {
    expect(errorOf({ qqq: 1 }).message).toMatch(/^unknown option qqq; known: text, .*minClusterSize/);
  });

  test('options of the command line alone are unknown to a program', () => {
    expect(errorOf({ png: true }).message).toMatch(/^unknown option png/);
  });

  test.each([
    ['a group', { layout: 5 }, /^layout must be an object with neighbors, minDist, .*; got 5$/],
    ['all options', [1], /^options must be an object such as \{ seed: 1 \}; got \[1\]$/],
  ])('%s of the wrong kind is refused', (_, options, message) => {
    expect(errorOf(options).message).toMatch(message);
  });

  test('a group without what it needs is refused', () => {
    const error = errorOf({ nameWith: { model: 'x' } });
    expect(error.message).toBe('nameWith.baseUrl must be given with `nameWith.model`');
    expect(error.option).toBe('nameWith.baseUrl');
  });

  test('a secret of the wrong kind is refused without being repeated', () => {
    const error = errorOf({ store: { uri: 'x', token: 12345 } });
    expect(error.message).toBe('store.token must be a text; got the value given');
  });

  test('everything left out is decided, in one frozen record per stage', () => {
    const settings = resolveSettings({});
    expect(settings.tree).toEqual({
      minClusterSize: undefined,
      minSamples: undefined,
      copies: 'auto',
      alpha: 1,
      clusterSelectionMethod: 'eom',
      clusterSelectionEpsilon: 0,
      maxClusterSize: 0,
      allowSingleCluster: false,
      clusters: undefined,
      squared: false,
      space: 'auto',
      noise: undefined,
      seed: 42,
      threads: undefined,
    });
    expect(settings.layout).toMatchObject({ neighbors: 80, minDist: 0.1, seed: 42 });
    expect(settings.store).toBeUndefined();
    expect(settings.naming).toBeUndefined();
    expect(Object.isFrozen(settings)).toBe(true);
    for (const stage of Object.values(settings))
      expect(stage === undefined || Object.isFrozen(stage)).toBe(true);
  });

  test('a default that follows another option follows it', () => {
    const settings = resolveSettings({
      minClusterSize: 7,
      seed: 5,
      cache: '/folder',
      nameWith: { model: 'x', baseUrl: 'http://h/v1/', largest: 4 },
    });
    expect(planTree(settings.tree, 100_000).minSamples).toBe(7);
    expect(settings.layout.seed).toBe(5);
    expect(settings.naming).toMatchObject({
      baseUrl: 'http://h/v1',
      maxCalls: 40,
      cacheFolder: '/folder',
      timeout: 60,
    });
  });

  test('a stage gets its own options and no others', () => {
    withProcessors(2);
    const settings = resolveSettings({ store: { uri: './x.db' }, threads: 2 });
    expect(Object.keys(settings.topics)).toEqual([
      'language',
      'keywords',
      'examples',
      'stopWords',
      'edits',
      'minDf',
      'boilerplate',
    ]);
    expect(settings.neighbors).toEqual({
      neighbors: 50,
      threads: 2,
      approximate: false,
      maxSearchSeconds: 300,
    });
    expect(settings.store).toMatchObject({ uri: './x.db', index: 'FLAT', retries: 20 });
    expect(settings.store).not.toHaveProperty('threads');
  });

  test('no stage gets more threads than there are processors', () => {
    withProcessors(2);
    const { neighbors, tree, layout, embed } = resolveSettings({ threads: 8 });
    for (const stage of [neighbors, tree, layout, embed]) expect(stage.threads).toBe(2);
    expect(resolveSettings({ threads: 1 }).tree.threads).toBe(1);
  });
});

test("of a stage's settings, a library call takes those of its own table", () => {
  expect(pickOptions({ a: 1, b: undefined, c: 3 }, { a: option({ schema: v.number(), help: 'a' }) })).toEqual(
    { a: 1 },
  );
});

describe('resolveOptions', () => {
  const table = {
    size: option({ schema: v.number('must be a number'), help: 'size', default: 1 }),
    twice: option({
      schema: v.number('must be a number'),
      help: 'twice the size',
      fallback: { text: 'twice `size`', value: (of) => 2 * Number(of('size')) },
    }),
    name: option({ schema: v.string('must be a text'), help: 'name', unset: 'none' }),
  };

  test('gives defaults, what follows from others, and undefined for what the stage decides', () => {
    expect(resolveOptions(table, {})).toEqual({ size: 1, twice: 2, name: undefined });
    expect(resolveOptions(table, { size: 4, name: undefined })).toEqual({
      size: 4,
      twice: 8,
      name: undefined,
    });
  });

  test('a record decided before is decided the same way again', () => {
    const settings = resolveOptions(table, { size: 4 });
    expect(resolveOptions(table, settings)).toEqual(settings);
  });

  test('an option that two stages share is checked once and given to both', () => {
    const { size } = table;
    const both = resolveStages({ one: { size }, two: { size, name: table.name } }, { size: 3 });
    expect(both).toEqual({ one: { size: 3 }, two: { size: 3, name: undefined } });
  });
});
