// A real cluster of RabbitMQ nodes on this machine, with MQTT, of which any can be killed and brought back.

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createFolder, type Folder } from './folder.ts';
import { freePort } from './free-port.ts';
import { type Program, start } from './program.ts';
import { until } from './until.ts';

export interface RabbitMq extends AsyncDisposable {
  readonly nodes: readonly RabbitNode[];
}

interface RabbitNode {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const BIN = '/usr/lib/rabbitmq/bin';

interface Place {
  readonly name: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

export async function startRabbitMq(count: number): Promise<RabbitMq> {
  const folder = await createFolder();
  const epmd = String(await freePort());
  const names = Array.from({ length: count }, (_, i) => `twc2mqtt${i}@localhost`);
  const places: Place[] = [];
  for (const name of names) places.push(await prepare(folder, name, names, epmd));
  const programs: (Program | undefined)[] = await Promise.all(places.map(run));
  await Promise.all(places.map(({ env }) => ready(env, count)));
  return {
    nodes: places.map((place, i) => ({
      url: `mqtt://127.0.0.1:${place.port}`,
      async kill() {
        await programs[i]?.end('SIGKILL');
        programs[i] = undefined;
      },
      async restart() {
        programs[i] = await run(place);
        await ready(place.env, count);
      },
    })),
    async [Symbol.asyncDispose]() {
      await Promise.all(programs.map((program) => program?.end('SIGKILL')));
      // The name server of the nodes outlives them.
      await promisify(execFile)('epmd', ['-port', epmd, '-kill'], {
        env: { ...process.env, ERL_EPMD_PORT: epmd },
      }).catch(() => {});
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function prepare(folder: Folder, name: string, names: readonly string[], epmd: string): Promise<Place> {
  const home = folder.file(name);
  await mkdir(home);
  const port = await freePort();
  const config = [
    `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
    'mqtt.allow_anonymous = true',
    'listeners.tcp = none',
    'cluster_formation.peer_discovery_backend = classic_config',
    ...names.map((one, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${one}`),
    'cluster_partition_handling = autoheal',
    'log.console.level = warning',
  ];
  await writeFile(`${home}/rabbitmq.conf`, `${config.join('\n')}\n`);
  await writeFile(`${home}/.erlang.cookie`, 'twc2mqtt', { mode: 0o400 });
  await writeFile(`${home}/plugins`, '[rabbitmq_mqtt].\n');
  const env = {
    HOME: home,
    ERL_EPMD_PORT: epmd,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: name,
    RABBITMQ_DIST_PORT: String(await freePort()),
    RABBITMQ_CONFIG_FILE: `${home}/rabbitmq`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${home}/plugins`,
    RABBITMQ_MNESIA_BASE: `${home}/mnesia`,
    RABBITMQ_LOG_BASE: `${home}/log`,
    RABBITMQ_LOGS: '-',
    // The node is the process that is started, not a child of a shell.
    RABBITMQ_ALLOW_INPUT: '1',
    // Three of them beside everything else on a small machine.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  };
  return { name, port, env };
}

function run({ env }: Place): Promise<Program> {
  return start(`${BIN}/rabbitmq-server`, [], { env });
}

/** Resolves when all nodes are in the cluster. */
async function ready(env: Place['env'], count: number): Promise<void> {
  const isReady = async () => {
    const expression = 'length(rabbit_nodes:all_running()).';
    const found = await promisify(execFile)(`${BIN}/rabbitmqctl`, ['eval', expression], {
      env: { ...process.env, ...env },
    }).catch(() => undefined);
    return found?.stdout.trim() === String(count);
  };
  await until(isReady, `${count} nodes`, 120_000);
}
