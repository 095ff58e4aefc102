// Opens the kind of link that a port names.

import { onlyAdapter } from './adapters.ts';
import type { Link, LinkSettings, Port } from './link.ts';

type RealPort = Exclude<Port, { type: 'simulator' }>;

/** Opens the link; rejects with an error in an owner's words. */
export async function openLink(port: RealPort, settings: LinkSettings, signal: AbortSignal): Promise<Link> {
  if (port.type === 'tcp') return (await import('./tcp.ts')).openTcp(port, settings, signal);
  const path = port.type === 'folder' ? await onlyAdapter(port.name) : port.name;
  return (await import('./serial.ts')).openSerial(path, settings);
}
