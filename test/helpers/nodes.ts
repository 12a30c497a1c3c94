import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HOME = fileURLToPath(new URL('../../.cache/nodes/', import.meta.url));

/** A Node and the npm that its installer brings, from the npm registry; versions of their last releases. */
export const NODES = [
  { node: '20.20.2', npm: '10.8.2' },
  { node: '22.23.3', npm: '10.9.9' },
  { node: '24.19.0', npm: '11.6.3' },
] as const;

/** Versions of Node and npm. */
export interface Versions {
  node: string;
  npm: string;
}

/** The last npm 9, which runs on Node 20 as well. */
export const NPM_9: Versions = { node: '20.20.2', npm: '9.9.4' };

export interface NodeWithNpm {
  /** Path of the program. */
  node: string;
  /** Path of npm's script, to be run by it. */
  npm: string;
}

/** Packages `node-<platform>-<arch>` hold Node's own builds; undefined where there is none for this platform. */
function nodePackage(): string | undefined {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const known = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win-x64'];
  return known.includes(`${platform}-${process.arch}`) ? `node-${platform}-${process.arch}` : undefined;
}

/** Fetches a Node with its npm once per checkout; the running Node stands in where its major version is the same. */
export async function nodeWithNpm({ node, npm }: Versions): Promise<NodeWithNpm> {
  const isRunning = process.versions.node.split('.')[0] === node.split('.')[0];
  const program = nodePackage();
  if (!isRunning && !program) throw new Error(`no package with Node ${node} for this platform`);
  const folder = join(HOME, `${isRunning ? 'own' : node}-npm-${npm}`);
  if (!existsSync(folder)) {
    const part = `${folder}.${process.pid}.part`;
    await mkdir(part, { recursive: true });
    await writeFile(join(part, 'package.json'), '{}');
    const wanted = [`npm@${npm}`, ...(isRunning ? [] : [`${program}@${node}`])];
    // The npm that comes with the running Node, whatever it is.
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...wanted];
    await run('npm', install, { cwd: part, shell: process.platform === 'win32', maxBuffer: 2 ** 26 });
    await mkdir(dirname(folder), { recursive: true });
    await rename(part, folder).catch(() => rm(part, { recursive: true, force: true })); // another was faster
  }
  const modules = join(folder, 'node_modules');
  const fetched = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return {
    node: isRunning ? process.execPath : join(modules, program ?? '', fetched),
    npm: join(modules, 'npm', 'bin', 'npm-cli.js'),
  };
}
