import { copyFile, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackChromium } from './chromium.js';

/**
 * A folder with a software Vulkan driver (SwiftShader, out of the Chromium package) under the name that ONNX
 * Runtime's WebGPU provider looks for. A process started with it in LD_LIBRARY_PATH has a WebGPU device. undefined
 * where there is none: the package holds it for x64 Linux only.
 */
export async function softwareVulkan(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  await unpackChromium();
  const driver = join(tmpdir(), 'libvk_swiftshader.so');
  const isThere = await stat(driver).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'denscape-vulkan-'));
  await copyFile(driver, join(folder, 'libvulkan.so.1'));
  return folder;
}
