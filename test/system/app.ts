// The built bridge as Home Assistant runs it: a token, a data folder with options, a Supervisor to ask.

import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { artifact } from './bridge.ts';
import { createFolder } from './folder.ts';
import { type Program, start } from './program.ts';
import { type Supervisor, token } from './supervisor.ts';

interface App extends Program {
  stop(): Promise<{ code: number | NodeJS.Signals; took: number }>;
  /** Lines of the log that are warnings, without the time. */
  readonly warnings: readonly string[];
}

interface Options {
  readonly expert?: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

export interface Home extends AsyncDisposable {
  /** The data folder. */
  readonly data: string;
  readonly statePath: string;
  state(): Promise<Record<string, unknown>>;
  /** Starts the app with these options beside the manifest's defaults. */
  start(options: Options): Promise<App>;
  /** Lets an adapter appear under a lasting name. */
  plug(name: string, device: string): Promise<void>;
}

/** Where the Supervisor of a test comes from when it asks for the page. */
export const ingress = '127.0.0.2';

export interface HomeSettings {
  readonly supervisor: Pick<Supervisor, 'url'>;
  readonly program?: string;
}

/** What the Supervisor writes when an owner changes nothing, except that every change of a value is published. */
const defaults = {
  mode: 'master',
  max_amps_for_slaves: 32,
  max_amps_per_twc: 32,
  chargers: [],
  vehicles: [],
  simulator: false,
  mqtt: {},
};
const expert = {
  min_amps_per_twc: 6,
  ask_plug_state: false,
  ratelimit: 0,
  refresh: 0,
  lease_seconds: 0,
  safe_amps: 6,
  topic_prefix: 'TWC',
  discovery: 'entity',
  log_level: 'info',
};

export async function createHome({ supervisor, program = artifact }: HomeSettings): Promise<Home> {
  const folder = await createFolder();
  const [data, adapters] = [folder.file('data'), folder.file('by-id/')];
  const statePath = `${data}/twc2mqtt.state.json`;
  await mkdir(data);
  const env = {
    SUPERVISOR_TOKEN: token,
    SUPERVISOR_URL: supervisor.url,
    TWC2MQTT_DATA: data,
    TWC2MQTT_ADAPTERS: adapters,
    // Several of them run at the same time, and the Supervisor of a test has another address.
    TWC2MQTT_PAGE_PORT: '0',
    TWC2MQTT_PAGE_ONLY: ingress,
  };
  return {
    data,
    statePath,
    state: async () => JSON.parse(await readFile(statePath, 'utf8')),
    async start({ expert: others = {}, ...options }) {
      const all = { ...defaults, ...options, expert: { ...expert, ...others } };
      await writeFile(`${data}/options.json`, JSON.stringify(all));
      const started = await start(process.execPath, [program], { cwd: folder.path, env });
      return {
        ...started,
        get warnings() {
          return started.lines.flatMap((line) => /^\S+ warn {2}(.*)$/.exec(line)?.[1] ?? []);
        },
        async stop() {
          const from = performance.now();
          const code = await started.end('SIGTERM');
          return { code, took: performance.now() - from };
        },
      };
    },
    async plug(name, device) {
      await mkdir(adapters, { recursive: true });
      await symlink(device, `${adapters}${name}`);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
