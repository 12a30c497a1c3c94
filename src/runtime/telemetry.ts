/**
 * Keeps the native ONNX Runtime from reporting to its maker: from 1.30 on it writes a database and a device's id into
 * `~/.cache/Microsoft` and sends what it runs to a server. It reads the variable from the process's environment when it is
 * loaded, so this comes first; a value that the user set stays.
 */
export function withoutTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}
