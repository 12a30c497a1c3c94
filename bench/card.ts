import { tryProvider } from '../src/embed/doctor.js';

/** Graphics cards by the provider that runs on them. */
export type Card = 'cuda' | 'webgpu';

/** Why a case that needs the card can't run here. */
export const withoutCard = (device: Card) => async (): Promise<string | undefined> => {
  const { ok, detail } = await tryProvider(device);
  return ok ? undefined : `no ${device} here (${detail})`;
};
