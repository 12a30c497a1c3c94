import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../cache-folder.js';

/** The version that `denscape runtime install` fetches, and that the tests use. */
export const NATIVE_VERSION = '1.30.0';
/** The oldest version that lists the types of a graph's inputs. */
const OLDEST = [1, 22];

/** A native ONNX Runtime (the package onnxruntime-node) that has binaries for this platform. */
export interface NativeRuntime {
  version: string;
  /** Path of the module to import. */
  main: string;
  /** `package`: installed next to denscape with npm; `fetched`: in the cache folder. */
  from: 'package' | 'fetched';
}

/** Where `denscape runtime install` puts it: one folder for a version and a platform. */
export const runtimesFolder = () => join(cacheFolder(), 'runtimes');
export const fetchedFolder = () =>
  join(runtimesFolder(), `onnxruntime-node-${NATIVE_VERSION}-${process.platform}-${process.arch}`);

/**
 * The native runtime: onnxruntime-node where it is installed with npm, else the fetched one. Only places that belong to
 * denscape's own installation are searched, never the current folder, which may hold another person's code.
 */
export function findNative(): NativeRuntime | undefined {
  return installed() ?? fetched();
}

function installed(): NativeRuntime | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    return runtimeIn(dirname(manifest), 'package');
  } catch {
    return undefined; // not installed
  }
}

function fetched(): NativeRuntime | undefined {
  try {
    return runtimeIn(join(fetchedFolder(), 'node_modules', 'onnxruntime-node'), 'fetched');
  } catch {
    return undefined;
  }
}

function runtimeIn(folder: string, from: NativeRuntime['from']): NativeRuntime | undefined {
  const { version, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    main: string;
  };
  const [major, minor] = version.split('.').map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1] || !hasBinary(folder)) return undefined;
  return { version, main: join(folder, main), from };
}

/** Binaries are in `bin/napi-v<n>/<platform>/<architecture>`, and not for every platform that Node runs on. */
function hasBinary(folder: string): boolean {
  return readdirSync(join(folder, 'bin')).some((api) =>
    existsSync(join(folder, 'bin', api, process.platform, process.arch, 'onnxruntime_binding.node')),
  );
}
