import { expect, test } from 'vitest';
import { autoDevices } from '../../src/neighbors/auto-device.js';
import type { Device } from '../../src/options/embed.js';
import { searchDevices } from '../../src/pipeline/search-devices.js';

const platform = autoDevices().names;

test.each<[string, Device | Device[], string | undefined, readonly string[] | undefined, boolean?]>([
  ['the card that the user named and that embedded', 'cuda', 'cuda', ['cuda'], false],
  ['the number that the user named', ['cuda:1', 'cpu'], 'cuda', ['cuda:1'], false],
  ['the first of two cards', ['cuda:0', 'cuda:1'], 'cuda', ['cuda:0'], false],
  ['the card that auto found, if it is faster', 'auto', 'webgpu', ['webgpu'], true],
  [
    'the card that embedded in place of a named one, if it is faster',
    ['dml', 'auto'],
    'webgpu',
    ['webgpu'],
    true,
  ],
  ['Core ML, if it is faster', 'coreml', 'coreml', ['coreml'], true],
  ['no card where the processor embedded', 'auto', 'cpu', undefined],
  ['no card where WebAssembly embedded', ['cuda', 'cpu'], 'wasm', undefined],
  ['the named card where all vectors were cached', 'cuda:1', 'none', ['cuda:1'], false],
  ['the named card where vectors were given', ['webgpu', 'cpu'], undefined, ['webgpu'], false],
  ['a card of the platform where all vectors were cached, if it is faster', 'auto', 'none', platform, true],
  ['no card where the processor is named', 'cpu', 'none', undefined],
  ['no card where the processor is named first', ['cpu', 'cuda'], undefined, undefined],
])('neighbours are searched on %s', (_, device, provider, names, isMeasured) => {
  const found = searchDevices(device, provider);
  expect(found?.names).toEqual(names);
  expect(found?.isMeasured).toBe(isMeasured);
});
