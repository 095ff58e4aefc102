// What may stand in for the real thing: simulated chargers for the bus, a broker of our own for that of the house.

import type { EmbeddedBroker } from './io/embedded.ts';
import type { Link, LinkSettings } from './io/link.ts';
import type { Log } from './io/log.ts';
import { openLink } from './io/open-link.ts';
import { openSimulated } from './io/simulated.ts';

/** Opens the link, or simulated chargers in its place; rejects with an error in an owner's words. */
export async function openBus(settings: LinkSettings, signal: AbortSignal): Promise<Link> {
  if (settings.port !== 'simulator') return openLink(settings, signal);
  const { createSimulatedBus, demonstration } = await import('./simulator/bus.ts');
  return openSimulated(createSimulatedBus(demonstration()), settings);
}

const EMBEDDED_PORT = 1883;

/** Starts a broker of our own if that is the setting: `embedded`, or `embedded:PORT`. */
export async function startEmbedded(setting: string, log: Log): Promise<EmbeddedBroker | undefined> {
  const [kind, port = EMBEDDED_PORT] = setting.split(':');
  if (kind !== 'embedded') return undefined;
  const { startEmbedded: start } = await import('./io/embedded.ts');
  const embedded = await start(Number(port));
  const taken = embedded.port === Number(port) ? '' : ` (port ${port} is taken)`;
  log('info', `embedded broker: listens on 127.0.0.1:${embedded.port}${taken}, for programs on this machine only`);
  return embedded;
}
