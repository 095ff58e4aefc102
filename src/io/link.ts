// The link to the bus: bytes in, bytes out. A listener's link has no way to write.

import type { Open } from './retry.ts';

export interface Link extends Open {
  /** Undefined in listen mode. */
  readonly write: ((bytes: Uint8Array) => void) | undefined;
}

export interface LinkSettings {
  /** A serial device or `tcp://host:port`. */
  readonly port: string;
  readonly mayWrite: boolean;
  readonly received: (bytes: Uint8Array) => void;
}

/** Opens the link; rejects with an error in an owner's words. */
export async function openLink(settings: LinkSettings, signal: AbortSignal): Promise<Link> {
  if (settings.port.startsWith('tcp://')) return (await import('./tcp.ts')).openTcp(settings, signal);
  return (await import('./serial.ts')).openSerial(settings);
}
