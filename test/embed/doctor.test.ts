import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { doctor, type Finding } from '../../src/embed/index.js';
import { obtainModel } from '../../src/embed/model-files.js';
import { type HubServer, startHub } from './hub-server.js';

let cache: string;
let hub: HubServer;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'denscape-doctor-'));
  hub = await startHub('Xenova/bge-m3');
  vi.stubEnv('DENSCAPE_CACHE', cache);
  vi.stubEnv('HF_ENDPOINT', hub.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await rm(cache, { recursive: true, force: true });
});
const named = (findings: Finding[], name: string) => findings.find((finding) => finding.name === name);

describe('the doctor', () => {
  it('tries each provider, looks at memory and cache, and advises where something is wrong', async () => {
    const findings = await doctor();
    expect(named(findings, 'cpu')).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/\d+ cores/),
      advice: '',
    });
    expect(named(findings, 'cache')).toMatchObject({ detail: expect.stringContaining(cache) });
    expect(named(findings, 'memory')?.detail).toMatch(/GB free of/);
    expect(findings.map(({ name }) => name)).toContain('webgpu');
    expect(named(findings, 'hub')).toMatchObject({
      ok: true,
      detail: expect.stringContaining('responds in'),
    });
    for (const { ok, detail, advice } of findings) {
      expect(detail).not.toBe('');
      expect(advice === '').toBe(ok);
    }
  });

  it('reports whether the hub responds, and makes no request when offline', async () => {
    expect(named(await doctor({ offline: true }), 'hub')?.detail).toContain('not tried');
    expect(hub.requests).toEqual([]);
    hub.mischief.set('api', [{ kind: 'status', status: 503 }]);
    expect(named(await doctor(), 'hub')).toMatchObject({ ok: false, detail: expect.stringContaining('503') });
    await hub.close();
    expect(named(await doctor(), 'hub')).toMatchObject({
      ok: false,
      advice: expect.stringContaining('HF_ENDPOINT'),
    });
  });

  it('reads downloaded models again, and says which file is damaged and how it is had again', async () => {
    expect(named(await doctor({ offline: true }), 'models')).toMatchObject({
      ok: true,
      detail: 'none is downloaded',
    });
    const { graph } = await obtainModel('bge-m3', { dtype: 'auto', yes: true });
    expect(named(await doctor({ offline: true }), 'models')).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^\d+ downloaded files .* have the checksums of their download$/),
    });
    const content = await readFile(graph);
    content[100] ^= 1;
    await writeFile(graph, content);
    expect(named(await doctor({ offline: true }), 'models')).toMatchObject({
      ok: false,
      detail: `${graph} is not what was downloaded`,
      advice: expect.stringContaining('denscape cache clear models --model Xenova/bge-m3'),
    });
    await writeFile(join(graph, '../../denscape.json'), '');
    expect(named(await doctor({ offline: true }), 'models')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/denscape\.json is not JSON: it is empty/),
    });
  });

  it('names an HF_ENDPOINT that is no address of the web', async () => {
    vi.stubEnv('HF_ENDPOINT', 'file:///models');
    expect(named(await doctor(), 'hub')).toMatchObject({
      ok: false,
      advice: 'correct or unset HF_ENDPOINT',
    });
  });

  it('says when the cache folder can’t be written', async () => {
    await writeFile(join(cache, 'file'), '');
    vi.stubEnv('DENSCAPE_CACHE', join(cache, 'file'));
    expect(named(await doctor({ offline: true }), 'cache')).toMatchObject({
      ok: false,
      advice: expect.stringContaining('DENSCAPE_CACHE'),
    });
  });
});
