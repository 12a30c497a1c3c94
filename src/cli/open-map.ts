import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { childEnvironment, findProgram, OWN_FOLDER } from '../programs.js';
import { safeLine } from './terminal.js';

/** Opens a file with the program that the system has for it. */
export function openFile(path: string): void {
  const name = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const failed = () =>
    process.stderr.write(
      `no program (${name}) to open the map with; open ${safeLine(resolve(path))} in a browser, or copy it to a machine that has one: it is one file\n`,
    );
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
