import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HOME = new URL('../../.cache/python/', import.meta.url).pathname;

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A virtual environment with exactly these requirements, made once per checkout. */
export interface PythonEnvironment {
  /** Path of its interpreter. */
  python: string;
  /** Path of a command that a package installed. */
  command(name: string): string;
}

/**
 * `pythonEnvironment('milvus-lite', ['milvus-lite==3.2.2'])`: makes it with `python3 -m venv` and pip when it is
 * missing, waits when another test process is making it.
 */
export async function pythonEnvironment(name: string, requirements: string[]): Promise<PythonEnvironment> {
  const key = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 10);
  const folder = join(HOME, `${name}-${key}`);
  const done = join(folder, 'installed.txt');
  const lock = `${folder}.lock`;
  await mkdir(HOME, { recursive: true });
  while (!(await exists(done))) {
    const mine = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (!mine) {
      const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
      // A maker that was killed leaves its lock behind; an install takes minutes at most.
      if (Date.now() - mtimeMs > 15 * 60_000) await rm(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    try {
      await rm(folder, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', folder]);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements];
      await run(join(folder, 'bin', 'python'), pip, { maxBuffer: 2 ** 26 });
      await writeFile(`${done}.new`, requirements.join('\n'));
      await rename(`${done}.new`, done);
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
  return {
    python: join(folder, 'bin', 'python'),
    command: (command) => join(folder, 'bin', command),
  };
}
