// What the page needs of the configuration, and where its samples are kept.

import type { Config } from '../config/options.ts';
import { limitsOf } from '../settings.ts';
import { version } from '../version.ts';
import type { PageSettings } from './page.ts';

export function pageSettings(
  config: Config,
  statePath: string,
): Pick<PageSettings, 'facts' | 'topicPrefix' | 'samplesPath'> {
  const simulated = config['interface.port'].type === 'simulator';
  const perKWh = config['sessions.pricePerKWh'];
  return {
    topicPrefix: config['status.MQTT.topicPrefix'],
    samplesPath: `${statePath.replace(/(\.state)?\.json$/, '')}.${simulated ? 'simulated-samples' : 'samples'}.json`,
    facts: {
      version,
      simulated,
      relay: config['control.relay'],
      listening: config['interface.mode'] === 'listen',
      port: config['interface.port'].name,
      limits: limitsOf(config),
      chargers: config.chargers,
      vehicles: config.vehicles,
      ...(perKWh > 0 && { price: { perKWh, currency: config['sessions.currency'] } }),
    },
  };
}
