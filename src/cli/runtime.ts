import type { Command } from 'commander';
import { counted } from '../counted.js';
import { FailureError } from '../errors.js';
import type { NativeRuntime } from '../runtime/native.js';
import { safeLine } from './terminal.js';

/** `denscape runtime`: which ONNX Runtimes there are, and fetching the native one. */
export function addRuntimeCommand(program: Command, signal: AbortSignal): void {
  const runtime = program
    .command('runtime')
    .summary('the programs that run models, and fetching the fast one')
    .description(
      'Models run in ONNX Runtime. As WebAssembly it is part of denscape; the native one is three to four times as fast and is fetched on demand.',
    )
    .action(async () => {
      const { findNative } = await import('../runtime/native.js');
      const { HOW_TO_INSTALL } = await import('../runtime/choose.js');
      const native = findNative();
      process.stdout.write(`wasm    part of denscape\n`);
      process.stdout.write(
        native ? `native  ${describe(native)}\n` : `native  not installed; ${HOW_TO_INSTALL}\n`,
      );
    });
  runtime
    .command('install')
    .summary('fetch the native ONNX Runtime for this platform')
    .action(async () => {
      const { installNative } = await import('../runtime/install.js');
      const onProgress = ({ message }: { message?: string }) =>
        void (message && process.stderr.write(`· ${safeLine(message)}\n`));
      const native = await installNative({ signal, onProgress });
      const { tryProvider } = await import('../embed/doctor.js');
      const { ok, detail } = await tryProvider('cpu');
      if (!ok) {
        throw new FailureError(
          `the native ONNX Runtime is in ${native.main} and does not run here (${detail}); models go on in WebAssembly, and \`denscape runtime remove\` deletes it`,
          { code: 'ENGINE_UNAVAILABLE', file: native.main },
        );
      }
      process.stdout.write(`native  ${describe(native)}\n`);
    });
  runtime
    .command('remove')
    .summary('delete what was fetched')
    .action(async () => {
      const { removeNative } = await import('../runtime/install.js');
      process.stdout.write(`${counted(await removeNative(), 'folder')} deleted\n`);
    });
}

const describe = ({ version, main, from }: NativeRuntime) =>
  safeLine(`onnxruntime-node ${version}, ${from === 'package' ? 'installed with npm' : 'fetched'}: ${main}`);
