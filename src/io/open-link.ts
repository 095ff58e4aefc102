// Opens the kind of link that a port names.

import { onlyAdapter } from './adapters.ts';
import type { Link, LinkSettings } from './link.ts';

/** Opens the link; rejects with an error in an owner's words. */
export async function openLink(settings: LinkSettings, signal: AbortSignal): Promise<Link> {
  if (settings.port.startsWith('tcp://')) return (await import('./tcp.ts')).openTcp(settings, signal);
  const port = settings.port.endsWith('/') ? await onlyAdapter(settings.port) : settings.port;
  return (await import('./serial.ts')).openSerial({ ...settings, port });
}
