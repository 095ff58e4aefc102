// Finds the settings in the one place where they are: a file, or in Home Assistant the options of the app.

import { join } from 'node:path';
import { BY_ID } from '../io/adapters.ts';
import type { BrokerSource } from '../io/broker.ts';
import { typedCommand } from '../io/typed-command.ts';
import { loadAppOptions, withAppNames } from './app-options.ts';
import type { Environment } from './environment.ts';
import type { Listen } from './listen.ts';
import { loadConfig, statePath } from './load.ts';
import type { Config } from './options.ts';

/** Where the page listens. */
export interface PageAddress {
  /** Empty for all addresses of the machine. */
  readonly host: string;
  readonly port: number;
  /** The only address that is answered; undefined for all. */
  readonly only?: string | undefined;
}

export interface Setup {
  /** What an owner calls the place. */
  readonly name: string;
  readonly config: Config;
  readonly statePath: string;
  /** Asks for the broker where the configuration does not name it. */
  readonly brokerSource?: BrokerSource | undefined;
  /** Where the page is served, if there is one. */
  readonly page: PageAddress | undefined;
  /** What an owner should know of these settings, a line each. */
  readonly remarks: readonly string[];
  /** What to do when the simulation is over, a line each. */
  readonly simulationHint: readonly string[];
  /** A text with settings under the names that they have there. */
  readonly withLocalNames: (text: string) => string;
}

/** Of the process; what begins with TWC2MQTT_ and is not named here is a setting. */
interface KnownEnvironment {
  /** Home Assistant's Supervisor gives it to every app. */
  readonly SUPERVISOR_TOKEN?: string | undefined;
  /** The next five are for trying the app without a Supervisor. */
  readonly SUPERVISOR_URL?: string | undefined;
  readonly TWC2MQTT_DATA?: string | undefined;
  readonly TWC2MQTT_ADAPTERS?: string | undefined;
  readonly TWC2MQTT_PAGE_PORT?: string | undefined;
  readonly TWC2MQTT_PAGE_ONLY?: string | undefined;
}

/** Where Home Assistant looks for the page, and where its Supervisor always comes from. */
const INGRESS = { port: '8099', only: '172.30.32.2' };

/** Throws a ConfigError. */
export async function findSettings(file: string, environment: Environment & KnownEnvironment): Promise<Setup> {
  const { SUPERVISOR_TOKEN: token } = environment;
  if (token) return appSettings(token, environment);
  const { config, name, isFile } = await loadConfig(file, environment);
  return {
    name,
    config,
    statePath: statePath(config, file),
    page: pageAddress(config['page.listen']),
    remarks: [],
    simulationHint: [
      isFile ? `For real ones change these lines in ${file}:` : `For real ones write a file ${file} with these:`,
      `  interface.port      your serial adapter, see: ${typedCommand()} ports`,
      '  status.MQTT.broker  your broker, for example mqtt://localhost:1883',
      '  config.maxAmpsForSlaves, config.maxAmpsPerTWC  what your electrician says; 6 A without them',
    ],
    withLocalNames: (text) => text,
  };
}

function pageAddress(listen: Listen): PageAddress | undefined {
  return listen.type === 'nowhere' ? undefined : { host: listen.host, port: listen.port };
}

async function appSettings(token: string, environment: KnownEnvironment): Promise<Setup> {
  const { SUPERVISOR_URL: url = 'http://supervisor', TWC2MQTT_DATA: folder = '/data' } = environment;
  const { TWC2MQTT_ADAPTERS: adapters = BY_ID } = environment;
  const { TWC2MQTT_PAGE_PORT: port = INGRESS.port, TWC2MQTT_PAGE_ONLY: only = INGRESS.only } = environment;
  const file = join(folder, 'options.json');
  const { config, brokerUnknown, remarks } = await loadAppOptions(file, adapters);
  return {
    name: 'options of the Home Assistant app',
    config,
    statePath: join(folder, 'twc2mqtt.state.json'),
    page: { host: '', port: Number(port), only },
    brokerSource: brokerUnknown
      ? async (signal) => (await import('../io/supervisor.ts')).brokerOf({ url, token }, signal)
      : undefined,
    remarks,
    simulationHint: ['For real ones switch the option simulator off and restart the app.'],
    withLocalNames: withAppNames,
  };
}
