import { createInterface } from 'node:readline/promises';
import { safeLine } from './terminal.js';

/** A function that asks a yes-or-no question on the terminal; undefined without a terminal, which counts as no. */
export function askOnTerminal(pause: () => void): ((question: string) => Promise<boolean>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return async (question) => {
    pause();
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await terminal.question(`${safeLine(question)} [y/N] `)).trim());
    } finally {
      terminal.close();
    }
  };
}
