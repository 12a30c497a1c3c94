import type { OptionsOf, SettingsOf } from '../options/option.js';
import type { storeOptions } from '../options/store.js';

/** Where vectors are kept when not in memory; each option is described in docs/options.md. */
export type StoreOptions = NonNullable<OptionsOf<typeof storeOptions>['store']>;

/** The same, every option decided. */
export type StoreSettings = SettingsOf<typeof storeOptions>;
