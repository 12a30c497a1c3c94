/*
 * The process that tries a device: whether its provider loads and multiplies. Sends why not, or an empty string.
 */

// The first import: it leaves the user's folder before the runtime and its drivers are loaded.
import '../leave-folder.js';
import { deviceError, deviceOf } from './device-session.js';
import { loadNative } from './native.js';

/** Columns of the vectors that are multiplied. */
const COLS = 16;

const reason = await loadNative('onnxruntime-node')
  .then((ort) => deviceError(ort, deviceOf(process.argv[2]), COLS))
  .then(
    () => '',
    (error: Error) => error.message,
  );
process.send?.(reason, () => process.exit(0));
