// What the page has to know of the configuration.

import type { Config } from '../config/options.ts';
import { limitsOf } from '../settings.ts';
import { version } from '../version.ts';
import type { PageSettings } from './page.ts';

export function pageSettings(config: Config): Pick<PageSettings, 'facts' | 'topicPrefix'> {
  return {
    topicPrefix: config['status.MQTT.topicPrefix'],
    facts: {
      version: version,
      simulated: config['interface.port'].type === 'simulator',
      relay: config['control.relay'],
      limits: limitsOf(config),
    },
  };
}
