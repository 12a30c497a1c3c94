import { UserError } from '../errors.js';
import { findNative, NATIVE_VERSION } from './native.js';

/** How the native runtime is had, for messages. */
export const HOW_TO_INSTALL = '`denscape runtime install` fetches it (114 MB from the npm registry)';

/** The reason why a provider that needs the native runtime doesn't open. */
export const NATIVE_MISSING =
  'it needs the native ONNX Runtime, which is not installed: `denscape runtime install` fetches it';

/** What may run a graph here. */
export interface Runtimes {
  /** Whether the native runtime is installed, which every provider but `wasm` needs. */
  native: boolean;
  /** Whether WebAssembly may run it. */
  wasm: boolean;
}

/** @throws UserError where the native runtime is requested and not installed. */
export function chooseRuntimes(wanted: 'auto' | 'native' | 'wasm'): Runtimes {
  const native = wanted !== 'wasm' && findNative() !== undefined;
  if (wanted === 'native' && !native) {
    throw new UserError(
      `runtime "native": onnxruntime-node is not installed, or has no binaries for ${process.platform}-${process.arch}; ${HOW_TO_INSTALL}, and runtime "wasm" needs nothing`,
      { code: 'ENGINE_UNAVAILABLE', option: 'runtime' },
    );
  }
  return { native, wasm: wanted !== 'native' };
}

/** About a minute of MiniLM in WebAssembly on two threads. */
const MANY_TOKENS = 100_000;
let isSaid = false;

/** For work that takes long in WebAssembly: that there is something faster. Once in a process. */
export function nativeHint(tokens: number): string | undefined {
  if (isSaid || tokens < MANY_TOKENS) return undefined;
  isSaid = true;
  return `Embedding in WebAssembly; the native ONNX Runtime ${NATIVE_VERSION} is three to four times as fast: ${HOW_TO_INSTALL}`;
}
