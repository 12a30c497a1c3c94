import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SECRET_VARIABLES } from './secrets.js';

/**
 * Where other programs are started: a folder that holds nothing but denscape's code. The user's current folder may
 * hold a planted `pip.py`, `python3` or DLL, which programs would prefer to the installed one.
 */
export const OWN_FOLDER = dirname(fileURLToPath(import.meta.url));

/**
 * The full path of a program on the PATH, undefined where there is none. Unlike the operating system, it never looks
 * into the current folder: entries of the PATH that are empty or relative are left out, and so is the current folder
 * that Windows searches first.
 */
export function findProgram(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const isWindows = process.platform === 'win32';
  // A .bat or .cmd would need a shell, which reads its arguments as commands.
  const names = isWindows && !/\.(exe|com)$/i.test(name) ? [`${name}.exe`, `${name}.com`] : [name];
  for (const folder of absoluteFolders(environment)) {
    const found = names.map((one) => join(folder, one)).find(isWindows ? isThere : isExecutable);
    if (found) return found;
  }
  return undefined;
}

/** The folders of the PATH, without those that are relative to the current folder. */
export function absoluteFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  return (environment.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
}

/** A program that the user named: a path from the current folder where it is a path, else a name on the PATH. */
export function namedProgram(
  named: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return /[\\/]/.test(named) ? resolve(named) : findProgram(named, environment);
}

/** The environment for other programs, without keys and tokens, which none of them needs. */
export function childEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const child: NodeJS.ProcessEnv = { ...environment, NoDefaultCurrentDirectoryInExePath: '1' };
  for (const name of SECRET_VARIABLES) delete child[name];
  return child;
}

/**
 * Starts a module of denscape in a process of its own, from source (tests, benchmarks) or from the build.
 * @param name the module's path from the caller's, without its ending
 * @param from the caller's `import.meta.url`
 */
export function forkModule(
  name: string,
  from: string,
  { args = [], stdio }: { args?: string[]; stdio: StdioOptions },
): ChildProcess {
  const isSource = from.endsWith('.ts');
  const loader = isSource
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return fork(fileURLToPath(new URL(`${name}.${isSource ? 'ts' : 'js'}`, from)), args, {
    serialization: 'advanced',
    execArgv: loader,
    env: childEnvironment(),
    stdio,
  });
}

/**
 * Arguments that run Python code apart from the user's folder and variables: isolated (-I), so that neither the
 * current folder nor PYTHONPATH is searched. It would also leave out packages installed with `pip install --user`,
 * which are the user's own; outside a virtual environment they are added again, after the system's.
 */
export function pythonArguments(code: string, parameters: string[]): string[] {
  return ['-I', '-c', `${USER_PACKAGES}${code}`, ...parameters];
}

const USER_PACKAGES = `
import os, site, sys
if sys.prefix == sys.base_prefix:
    folder = site.getusersitepackages()
    if os.path.isabs(folder) and os.path.isdir(folder):
        site.addsitedir(folder)
`;

/** Store programs on Windows are links that only `lstat` can look at. */
function isThere(path: string): boolean {
  try {
    return !lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
