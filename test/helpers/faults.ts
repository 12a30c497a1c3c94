/*
 * A file system that fails on purpose: the N-th call of a kind, below one folder, gets an error, takes a part of its
 * bytes, or ends the process. It replaces functions of `node:fs/promises`, so the code under test runs unchanged.
 * It imports nothing but Node's own modules: a child process loads it as a data: URL.
 */
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

export const CALLS = ['open', 'write', 'sync', 'rename', 'mkdir'] as const;
export type Call = (typeof CALLS)[number];

export interface Fault {
  call: Call | 'any';
  /** Number of the failing call among those of its kind, from 1. */
  at: number;
  /** Also all calls after it. */
  lasting?: boolean;
  /**
   * An error's code; `short`: half the bytes are written; `full`, as a disk fills up: half the bytes, then ENOSPC for
   * every later write; or a signal that the process sends itself before the call.
   */
  kind: string;
}

export interface Faults {
  /** Calls made so far. */
  counts: Record<Call, number>;
  /** Whether a call met the fault. */
  hasStruck(): boolean;
  restore(): void;
}

const TEXTS: Record<string, string> = {
  ENOSPC: 'no space left on device',
  EIO: 'i/o error',
  EDQUOT: 'disk quota exceeded',
  EMFILE: 'too many open files',
};

/** Counts the calls on files below `root`, and makes them fail as `fault` describes. */
export function injectFaults(root: string, fault?: Fault): Faults {
  const counts: Record<Call, number> = { open: 0, write: 0, sync: 0, rename: 0, mkdir: 0 };
  const original = { open: promises.open, rename: promises.rename, mkdir: promises.mkdir };
  const inside = (path: unknown) =>
    resolve(String(path)).startsWith(root + sep) || resolve(String(path)) === root;
  let all = 0;
  let struck = 0;
  let isOver = false;

  /** Whether this call is the one; throws or ends the process if the fault is of that kind. */
  const strikes = (call: Call, path: string): boolean => {
    counts[call]++;
    all++;
    if (!fault || (fault.call !== 'any' && fault.call !== call)) return false;
    const number = fault.call === 'any' ? all : counts[call];
    const isLasting = fault.lasting || fault.kind === 'full';
    if (number !== fault.at && !(isLasting && number > fault.at)) return false;
    if (isOver) return false;
    struck++;
    if (fault.kind === 'short' || (fault.kind === 'full' && struck === 1)) return true;
    if (fault.kind.startsWith('SIG')) {
      process.kill(process.pid, fault.kind);
      return false;
    }
    const syscall = call === 'sync' ? 'fsync' : call;
    const code = fault.kind === 'full' ? 'ENOSPC' : fault.kind;
    const error = new Error(`${code}: ${TEXTS[code]}, ${syscall} '${path}'`);
    throw Object.assign(error, { code, syscall, path });
  };

  const wrap = (file: FileHandle, path: string): FileHandle => {
    const sync = file.sync;
    const write = file.write as (bytes: Uint8Array, from: number, length: number) => Promise<unknown>;
    file.write = (async (bytes: Uint8Array, from = 0, length = bytes.length - from) => {
      const isShort = strikes('write', path);
      return write.call(file, bytes, from, isShort && length > 1 ? length >> 1 : length);
    }) as unknown as FileHandle['write'];
    file.sync = async () => {
      strikes('sync', path);
      await sync.call(file);
    };
    return file;
  };

  promises.open = async (path, ...rest) => {
    if (!inside(path)) return original.open(path, ...rest);
    strikes('open', String(path));
    return wrap(await original.open(path, ...rest), String(path));
  };
  promises.rename = async (from, to) => {
    if (inside(to)) strikes('rename', String(to));
    await original.rename(from, to);
  };
  promises.mkdir = (async (path: string, options: undefined) => {
    if (inside(path)) strikes('mkdir', path);
    return original.mkdir(path, options);
  }) as typeof promises.mkdir;
  syncBuiltinESMExports();
  return {
    counts,
    hasStruck: () => struck > 0,
    restore() {
      isOver = true; // files that are open keep their wrapping
      Object.assign(promises, original);
      syncBuiltinESMExports();
    },
  };
}

// In a child process, the environment holds the fault.
const { DENSCAPE_TEST_FAULT: stated } = process.env;
if (stated && import.meta.url.startsWith('data:')) {
  const { root, ...fault } = JSON.parse(stated) as Fault & { root: string };
  injectFaults(root, fault);
}
