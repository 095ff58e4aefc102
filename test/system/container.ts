// The app's image as a container: its Dockerfile read, the app's folder put where it copies it, and run by a real container
// runtime as Home Assistant's Supervisor does, as process 1 of its own. What it stands on: alpine/install.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fillApp } from '../../scripts/app.ts';
import { instructions } from '../addon/dockerfile.ts';
import { createFolder } from './folder.ts';
import { type Program, start } from './program.ts';

const run = promisify(execFile);
const install = fileURLToPath(new URL('./alpine/install', import.meta.url));

/** Only root may start containers. */
const asRoot = process.getuid?.() === 0 ? [] : ['sudo'];

interface ContainerSettings {
  /** The host's folder that is /data in it. */
  readonly data: string;
  /** Behind the image's entrypoint. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: number;
}

export interface Container extends Program {
  /** Asks it to end as Home Assistant does; the exit code and how long it took (ms). */
  stop(): Promise<{ code: number | NodeJS.Signals; took: number }>;
  /** The exit code of the image's HEALTHCHECK, with other variables if any. */
  health(env?: Readonly<Record<string, string>>): Promise<number>;
  /** What a shell in it says. */
  shell(script: string): Promise<string>;
}

export interface Image extends AsyncDisposable {
  start(settings: ContainerSettings): Promise<Container>;
}

interface Dockerfile {
  readonly entrypoint: readonly string[];
  readonly health: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  /** Where the app's folder is copied. */
  readonly app: string;
}

export async function createImage(): Promise<Image> {
  const folder = await createFolder();
  const app = folder.file('app');
  const [root, dockerfile] = await Promise.all([rootFilesystem(), readDockerfile(), fillApp(app)]);
  // Another user looks into it.
  await chmod(folder.path, 0o755);
  return {
    async start({ data, args = [], env = {}, user = 0 }) {
      const id = `twc2mqtt-test-${randomUUID()}`;
      const bundle = folder.file(id);
      await mkdir(bundle);
      const variables = { ...fromList(dockerfile.env), ...env };
      const spec = specification({ dockerfile, root, app, data, args, env: variables, user });
      await writeFile(`${bundle}/config.json`, JSON.stringify(spec));
      const program = await start(asRoot[0] ?? 'runc', [
        ...asRoot.slice(1),
        ...(asRoot.length ? ['runc'] : []),
        'run',
        '--bundle',
        bundle,
        id,
      ]);
      const runc = (...more: string[]) => {
        const [command = '', ...rest] = [...asRoot, 'runc', ...more];
        return run(command, rest);
      };
      const inside = (command: readonly string[], more: Readonly<Record<string, string>> = {}) =>
        runc('exec', ...toList(more).flatMap((variable) => ['--env', variable]), id, ...command);
      return {
        ...program,
        async stop() {
          const from = performance.now();
          await runc('kill', id, 'TERM');
          return { code: await program.ended, took: performance.now() - from };
        },
        health: (more) =>
          inside(dockerfile.health, more).then(
            () => 0,
            ({ code }) => code,
          ),
        shell: async (script) => (await inside(['sh', '-c', script])).stdout.trim(),
        async [Symbol.asyncDispose]() {
          await runc('delete', '--force', id).catch(() => {});
          await program[Symbol.asyncDispose]();
        },
      };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function rootFilesystem(): Promise<string> {
  return (await run(install)).stdout.trim();
}

async function readDockerfile(): Promise<Dockerfile> {
  const lines = instructions(await readFile(new URL('../../ha-addon/Dockerfile', import.meta.url), 'utf8'));
  const all = (name: string) =>
    lines.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  const one = (name: string) => all(name)[0] ?? '';
  return {
    entrypoint: JSON.parse(one('ENTRYPOINT')),
    health: JSON.parse(one('HEALTHCHECK').replace(/^.* CMD /, '')),
    env: all('ENV'),
    cwd: one('WORKDIR'),
    app: one('COPY').replace(/^app /, '').replace(/\/$/, ''),
  };
}

interface Wanted extends Required<ContainerSettings> {
  readonly dockerfile: Dockerfile;
  readonly root: string;
  readonly app: string;
}

/** What a new container may do with Docker when nothing else is said. */
const capabilities = [
  ...['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FSETID', 'CAP_FOWNER', 'CAP_MKNOD', 'CAP_NET_RAW', 'CAP_SETGID'],
  ...[
    'CAP_SETUID',
    'CAP_SETFCAP',
    'CAP_SETPCAP',
    'CAP_NET_BIND_SERVICE',
    'CAP_SYS_CHROOT',
    'CAP_KILL',
    'CAP_AUDIT_WRITE',
  ],
];

/** For the runtime: the Supervisor's mounts, and a root filesystem that nothing can be written to. */
function specification({ dockerfile, root, app, data, args, env, user }: Wanted) {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const bind = (source: string, destination: string, ...options: string[]) => ({
    ...{ source, destination, type: 'bind' },
    options: ['rbind', ...options],
  });
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: user, gid: user },
      args: [...dockerfile.entrypoint, ...args],
      env: [path, ...toList(env)],
      cwd: dockerfile.cwd,
      capabilities: user === 0 ? { bounding: capabilities, effective: capabilities, permitted: capabilities } : {},
      noNewPrivileges: false,
    },
    root: { path: root, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/sys', type: 'none', source: '/sys', options: ['rbind', 'ro'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
      bind('/dev', '/dev', 'ro'),
      bind(data, '/data', 'rw'),
      bind(app, dockerfile.app, 'ro'),
    ],
    linux: { namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })) },
  };
}

function fromList(variables: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    variables.map((variable) => [variable.split('=')[0], variable.split('=').slice(1).join('=')]),
  );
}

function toList(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}
