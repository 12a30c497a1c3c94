import { FailureError } from '../errors.js';

/** Packages with machine code of their own, loaded only when they are needed. */
export interface NativePackages {
  'onnxruntime-node': typeof import('onnxruntime-node');
  usearch: typeof import('usearch');
}

/**
 * Loads a native package. The name is a variable, so that bundlers for browsers don't try to include the package: it is never
 * loaded there.
 */
export async function loadNative<Name extends keyof NativePackages>(
  name: Name,
): Promise<NativePackages[Name]> {
  if (!globalThis.process?.versions?.node) {
    throw new FailureError(`${name} runs in Node only; use the engine "wasm" or "kdtree" here`, {
      code: 'ENGINE_UNAVAILABLE',
      option: 'engine',
    });
  }
  try {
    const loaded = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    // CommonJS packages hide their names behind `default`.
    return loaded.default ?? loaded;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new FailureError(
      `${name} can't be loaded (${reason}); npm install ${name}, or use the engine "wasm"`,
      { code: 'ENGINE_UNAVAILABLE', option: 'engine', cause: error },
    );
  }
}

/** Whether a native package is installed and loads. */
export async function hasNative(name: keyof NativePackages): Promise<boolean> {
  return loadNative(name).then(
    () => true,
    () => false,
  );
}
