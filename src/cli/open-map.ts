import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { childEnvironment, findProgram, OWN_FOLDER } from '../programs.js';
import { safeLine } from './terminal.js';

/** Opens a file with the program that the system has for it. */
export function openFile(path: string): void {
  const failed = () => process.stderr.write(`no program to open ${safeLine(path)} with\n`);
  const name = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const program = findProgram(name);
  if (program === undefined) {
    failed();
    return;
  }
  // An absolute path can't be mistaken for an option.
  const child = spawn(program, [resolve(path)], {
    cwd: OWN_FOLDER,
    env: childEnvironment(),
    stdio: 'ignore',
    detached: true,
  });
  child.on('error', failed);
  child.unref();
}
