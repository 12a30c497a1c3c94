import { UserError } from '../errors.js';
import { DEVICES, type Device, type Provider } from './options.js';

/** What `auto` tries before the CPU, by platform. */
const GPU_PROVIDERS: Partial<Record<NodeJS.Platform, Provider[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
};

/** Providers to try, in order, for a device or a list of them. */
export function candidatesFor(
  device: Device | Device[],
  isQuantized: boolean,
): { providers: Provider[]; mayFallBack: boolean } {
  const named = Array.isArray(device) ? device : [device];
  if (named.length === 0) throw new UserError('device is an empty list; name at least one device, or auto');
  const providers: Provider[] = [];
  for (const one of named) {
    if (!DEVICES.includes(one)) {
      throw new UserError(`unknown device "${one}"; use ${DEVICES.join(', ')}`);
    }
    if (one !== 'auto') providers.push(one);
    // Graphics providers have no kernels for most quantized operators; int8 files are made for CPUs.
    else providers.push(...(isQuantized ? [] : (GPU_PROVIDERS[process.platform] ?? [])), 'cpu');
  }
  return { providers: [...new Set(providers)], mayFallBack: named.includes('auto') };
}
