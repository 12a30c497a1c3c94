/** Devices that may search in place of the processor. */
export interface DeviceChoice {
  /** What to try, in order, as options name devices. */
  names: readonly string[];
  /** Estimated seconds of the processor's search from which opening a device can pay. */
  fromSeconds: number;
  /** Whether a device must be faster, measured on a sample. Otherwise the first that works is taken. */
  isMeasured: boolean;
}
