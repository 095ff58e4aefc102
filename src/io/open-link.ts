// Opens the kind of link that a port names.

import { adapterIn, adaptersIn, radiosAmong } from './adapters.ts';
import type { Link, LinkSettings, Port } from './link.ts';

type RealPort = Exclude<Port, { type: 'simulator' }>;

/** Opens the link; rejects with an error in an owner's words. */
export async function openLink(port: RealPort, settings: LinkSettings, signal: AbortSignal): Promise<Link> {
  if (port.type === 'tcp') return (await import('./tcp.ts')).openTcp(port, settings, signal);
  const { openSerial } = await import('./serial.ts');
  if (port.type === 'serial') return openSerial(port.name, settings);
  const link = await openSerial(await adapterIn(port.name, settings.usedBefore?.()), settings);
  return { ...link, remark: radiosAmong(await adaptersIn(port.name)) };
}
