// The link to the bus: bytes in, bytes out. A listener's link has no way to write.

import type { Open } from './retry.ts';

export interface Link extends Open {
  /** What is open: `port`, or the adapter that was found there. */
  readonly port: string;
  /** What else was there and why it was left alone; empty for nothing. */
  readonly remark?: string;
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
  /** The name of the adapter that was used before, in a folder of several. */
  readonly usedBefore?: () => string | undefined;
  readonly mayWrite: boolean;
  readonly received: (bytes: Uint8Array) => void;
}
