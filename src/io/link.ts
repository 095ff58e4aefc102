// The link to the bus: bytes in, bytes out. A listener's link has no way to write.

import type { Open } from './retry.ts';

export interface Link extends Open {
  /** What is open: `port`, or the adapter that was found there. */
  readonly port: string;
  /** Undefined in listen mode. */
  readonly write: ((bytes: Uint8Array) => void) | undefined;
}

export interface LinkSettings {
  /** A serial device, `tcp://host:port`, or a folder with a slash at its end: the only adapter in it. */
  readonly port: string;
  readonly mayWrite: boolean;
  readonly received: (bytes: Uint8Array) => void;
}
