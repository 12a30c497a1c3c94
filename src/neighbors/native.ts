import { FailureError } from '../errors.js';
import { withoutTelemetry } from '../runtime/telemetry.js';

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
    const loaded = await importPackage(name);
    // CommonJS packages hide their names behind `default`.
    return loaded.default ?? loaded;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new FailureError(
      `${name} can't be loaded (${reason}); ${name === 'onnxruntime-node' ? 'run `denscape runtime install`' : `npm install ${name}`}, or use the engine "wasm"`,
      { code: 'ENGINE_UNAVAILABLE', option: 'engine', cause: error },
    );
  }
}

/** An installed package; ONNX Runtime may also be one that denscape fetched. */
async function importPackage(name: string) {
  if (name === 'onnxruntime-node') withoutTelemetry();
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  } catch (error) {
    if (name !== 'onnxruntime-node') throw error;
    const [finder, loader] = ['../runtime/native.js', '../runtime/load.js'];
    const { findNative } = await import(/* @vite-ignore */ /* webpackIgnore: true */ finder);
    const native = findNative();
    if (!native) throw error;
    const { loadNativeOrt } = await import(/* @vite-ignore */ /* webpackIgnore: true */ loader);
    return loadNativeOrt(native.main);
  }
}

/** Whether a native package is installed and loads. */
export async function hasNative(name: keyof NativePackages): Promise<boolean> {
  return loadNative(name).then(
    () => true,
    () => false,
  );
}
