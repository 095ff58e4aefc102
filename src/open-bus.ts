// What may stand in for the real thing: simulated chargers for the bus, a broker of our own for that of the house.

import type { EmbeddedBroker } from './io/embedded.ts';
import type { Link, LinkSettings, Port } from './io/link.ts';
import type { Log } from './io/log.ts';
import { openLink } from './io/open-link.ts';
import { openSimulated } from './io/simulated.ts';

/** Opens the link, or simulated chargers in its place; rejects with an error in an owner's words. */
export async function openBus(port: Port, settings: LinkSettings, signal: AbortSignal): Promise<Link> {
  if (port.type !== 'simulator') return openLink(port, settings, signal);
  const { createSimulatedBus, demonstration } = await import('./simulator/bus.ts');
  return openSimulated(createSimulatedBus(demonstration()), settings);
}

/** Starts a broker of our own. */
export async function startEmbedded(port: number, log: Log): Promise<EmbeddedBroker> {
  const { startEmbedded: start } = await import('./io/embedded.ts');
  const embedded = await start(port);
  const taken = embedded.port === port ? '' : ` (port ${port} is taken)`;
  log('info', `embedded broker: listens on 127.0.0.1:${embedded.port}${taken}, for programs on this machine only`);
  return embedded;
}
