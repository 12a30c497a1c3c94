import { autoDevices } from '../neighbors/auto-device.js';
import type { DeviceChoice } from '../neighbors/device-choice.js';
import type { Device } from '../options/embed.js';

/** Estimated seconds of the processor's search from which a card is opened for it. */
const FROM_SECONDS = {
  /** The user names the card, or it has just embedded: it works. */
  known: 1,
  /** Whether there is one is still to be tried. */
  unknown: 10,
};

const isCard = (device: string): boolean => !['auto', 'cpu', 'wasm', 'none'].includes(device);

/**
 * Devices that may search the neighbours of vectors: the card that embedded them; where none did, since they were cached or
 * given, what `device` allows. A card that the user names is taken, others must be faster than the processor.
 * @param device the option
 * @param provider what embedded; undefined or `none` where nothing was
 */
export function searchDevices(
  device: Device | readonly Device[],
  provider: string | undefined,
): DeviceChoice | undefined {
  const named: readonly string[] = [device].flat();
  const cards = named.filter(isCard);
  if (provider !== undefined && provider !== 'none') {
    if (!isCard(provider)) return undefined;
    const card = cards.find((one) => one.split(':')[0] === provider);
    return choiceOf([card ?? provider], FROM_SECONDS.known, card !== undefined);
  }
  if (isCard(named[0])) return choiceOf([named[0]], FROM_SECONDS.known, true);
  return named.includes('auto') ? { ...autoDevices(), fromSeconds: FROM_SECONDS.unknown } : undefined;
}

/** Core ML leaves most of the search to the processor, so it is always measured. */
const choiceOf = (names: string[], fromSeconds: number, isNamed: boolean): DeviceChoice => ({
  names,
  fromSeconds,
  isMeasured: !isNamed || names.includes('coreml'),
});
