import { pathToFileURL } from 'node:url';
import type * as common from 'onnxruntime-common';
import { withoutTelemetry } from './telemetry.js';

/** What both builds of ONNX Runtime export. */
export type Ort = typeof common;
/** The native one also lists which execution providers it was built with. */
export type NativeOrt = Ort & { listSupportedBackends(): { name: string }[] };

/** Loads a native ONNX Runtime from the path of its module. Its libraries run in this process. */
export async function loadNativeOrt(main: string): Promise<NativeOrt> {
  withoutTelemetry();
  const loaded = (await import(pathToFileURL(main).href)) as NativeOrt & { default?: NativeOrt };
  return loaded.default ?? loaded;
}

/**
 * Loads ONNX Runtime as WebAssembly, which is part of this package and runs on every platform. All its sessions in one
 * process share `threads` threads, the caller's among them.
 */
export async function loadWasmOrt(threads: number): Promise<Ort> {
  // The same path from src and from build: both are one folder deep in the package.
  const module = new URL('../../build/ort/ort.mjs', import.meta.url);
  const ort = (await import(module.href)) as Ort;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return ort;
}
