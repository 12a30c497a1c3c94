import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What each entry of the package exports, types aside. A change here is a change for users. */
const EXPORTS: Record<string, string[]> = {
  '.': ['cluster', 'clusterCollection', 'compareRuns', 'embedFile', 'listModels', 'openRun'],
  './read': ['chooseText', 'documents', 'readTable'],
  './embed': ['embed', 'listModels', 'openModel'],
  './neighbors': ['neighbors', 'openSearcher'],
  './hdbscan': ['exemplars', 'hdbscan', 'layers', 'membership', 'predict', 'recut', 'validity'],
  './layout': ['layout'],
  './topics': ['averagedSpace', 'describeTopics', 'groupTopics', 'nameLevels', 'nameTopics', 'openDescriber'],
};
const ERRORS = ['FailureError', 'UserError', 'isDenscapeError'];

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
};

test('package.json has these entries and no others', () => {
  const modules = Object.entries(manifest.exports).filter(([, target]) => typeof target !== 'string');
  expect(modules.map(([entry]) => entry)).toEqual(Object.keys(EXPORTS));
});

test.each(Object.entries(EXPORTS))(
  '%s exports what it is known to export, and the errors',
  async (entry, names) => {
    const target = manifest.exports[entry];
    if (target === undefined || typeof target === 'string') throw new Error(`no module for ${entry}`);
    const module: object = await import(new URL(target.default, root).href);
    expect(Object.keys(module).sort()).toEqual([...names, ...ERRORS].sort());
  },
);
