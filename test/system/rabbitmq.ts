// A real cluster of RabbitMQ nodes on this machine, with MQTT, of which any can be killed and brought back.

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createFolder, type Folder } from './folder.ts';
import { freePort } from './free-port.ts';
import { type Program, start } from './program.ts';

export interface RabbitMq extends AsyncDisposable {
  readonly nodes: readonly RabbitNode[];
  /**
   * Starts one node after the other. Those of 3.10 that start at the same time may keep separate lists of the clients, and then
   * accept none when one of them is gone.
   */
  start(): Promise<void>;
}

interface RabbitNode {
  readonly url: string;
  readonly pid: number;
  start(): Promise<void>;
  kill(): Promise<void>;
}

const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const STARTS_WITHIN = 120_000;

/** Their addresses are known before they run. */
export async function createRabbitMq(count: number): Promise<RabbitMq> {
  const folder = await createFolder();
  const epmd = String(await freePort());
  const running = new Map<number, Program>();
  const nodes: RabbitNode[] = [];
  for (let i = 0; i < count; i++) {
    const { port, env } = await prepare(folder, nameOf(i), epmd);
    nodes.push({
      url: `mqtt://127.0.0.1:${port}`,
      get pid() {
        return running.get(i)?.pid ?? 0;
      },
      async start() {
        const program = await start(SERVER, [], { env });
        running.set(i, program);
        await program.says(/Server startup complete/, STARTS_WITHIN);
      },
      kill: async () => void (await running.get(i)?.end('SIGKILL')),
    });
  }
  return {
    nodes,
    async start() {
      for (const node of nodes) await node.start();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running.values()].map((program) => program.end('SIGKILL')));
      // The name server of the nodes outlives them.
      const env = { ...process.env, ERL_EPMD_PORT: epmd };
      await promisify(execFile)('epmd', ['-kill'], { env }).catch(() => {});
      await folder[Symbol.asyncDispose]();
    },
  };
}

function nameOf(node: number): string {
  return `twc2mqtt${node}@localhost`;
}

/** All join the first. */
async function prepare(
  folder: Folder,
  name: string,
  epmd: string,
): Promise<{ port: number; env: Record<string, string> }> {
  const home = folder.file(name);
  await mkdir(home);
  const port = await freePort();
  const config = [
    `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
    'mqtt.allow_anonymous = true',
    'listeners.tcp = none',
    'cluster_formation.peer_discovery_backend = classic_config',
    ...[...new Set([nameOf(0), name])].map((one, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${one}`),
    'log.console.level = info',
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
  return { port, env };
}
