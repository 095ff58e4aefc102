// A mosquitto of the test's own, which can be killed and brought back on the same port.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createFolder } from './folder.ts';
import { freePort } from './free-port.ts';
import { type Program, start } from './program.ts';

export interface Mosquitto extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly url: string;
  readonly lines: readonly string[];
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  /** It stands still, or goes on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** From now on these users, and no others. */
  admits(users: Users): Promise<void>;
}

/** Passwords by name. */
type Users = Readonly<Record<string, string>>;

export interface MosquittoSettings {
  readonly persistence?: boolean;
  readonly users?: Users;
  /** The lines of its access control list. */
  readonly access?: readonly string[];
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Bytes. */
  readonly maxPacketSize?: number;
  /** Tells nothing of what passes: for measurements. */
  readonly quiet?: boolean;
  /** Keeps everything for subscribers that are slow. */
  readonly unlimited?: boolean;
}

export async function startMosquitto({
  persistence,
  users,
  access,
  tls,
  maxPacketSize,
  quiet,
  unlimited,
}: MosquittoSettings = {}): Promise<Mosquitto> {
  const folder = await createFolder();
  const port = await freePort();
  const passwords = folder.file('passwords');
  const config = [
    // Started by root it would become a user who cannot read the test's folder.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    `listener ${port} 127.0.0.1`,
    `allow_anonymous ${users === undefined}`,
    `persistence ${persistence === true}`,
    `persistence_location ${folder.path}/`,
    `log_type ${quiet ? 'information' : 'all'}`,
    'log_dest stderr',
    ...(maxPacketSize === undefined ? [] : [`max_packet_size ${maxPacketSize}`]),
    ...(unlimited ? ['max_queued_messages 0', 'max_inflight_messages 0'] : []),
    ...(users ? [`password_file ${passwords}`] : []),
    ...(access ? [`acl_file ${folder.file('access')}`] : []),
    ...(tls ? [`certfile ${tls.cert}`, `keyfile ${tls.key}`] : []),
  ];
  await writeFile(folder.file('mosquitto.conf'), `${config.join('\n')}\n`);
  if (users) await writePasswords(passwords, users);
  if (access) await writeFile(folder.file('access'), access.map((line) => `${line}\n`).join(''), { mode: 0o600 });

  const lines: string[] = [];
  let program: Program | undefined;

  async function restart(): Promise<void> {
    program = await start('mosquitto', ['-c', folder.file('mosquitto.conf')]);
    await program.says(/ running$/);
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await program?.end(signal);
    for (const line of program?.lines ?? []) lines.push(line);
    program = undefined;
  }

  await restart();
  return {
    port,
    get pid() {
      return program?.pid ?? 0;
    },
    url: `${tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${port}`,
    get lines() {
      return [...lines, ...(program?.lines ?? [])];
    },
    stop,
    restart,
    signal: (signal) => void program?.child.kill(signal),
    async admits(now) {
      await writePasswords(passwords, now);
      program?.child.kill('SIGHUP');
    },
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function writePasswords(file: string, users: Users): Promise<void> {
  await writeFile(
    file,
    Object.entries(users)
      .map(([name, password]) => `${name}:${password}\n`)
      .join(''),
    { mode: 0o600 },
  );
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  await promisify(execFile)('mosquitto_passwd', ['-U', file], { env });
}
