// The link to the bus: bytes in, bytes out. A listener's link has no way to write.

import type { Open } from './retry.ts';

export interface Link extends Open {
  /** What is open: `port`, or the adapter that was found there. */
  readonly port: string;
  /** Undefined in listen mode. */
  readonly write: ((bytes: Uint8Array) => void) | undefined;
}

/** Where the chargers are. `name` is how it is shown, and what the chargers there are remembered by. */
export type Port =
  | { readonly type: 'simulator'; readonly name: 'simulator' }
  | { readonly type: 'serial'; readonly name: string }
  /** The only serial adapter in this folder. */
  | { readonly type: 'folder'; readonly name: string }
  /** A serial server on the network. */
  | { readonly type: 'tcp'; readonly name: string; readonly host: string; readonly port: number };

export const SIMULATOR: Port = { type: 'simulator', name: 'simulator' };

export interface LinkSettings {
  readonly mayWrite: boolean;
  readonly received: (bytes: Uint8Array) => void;
}
