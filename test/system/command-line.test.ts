// What a person sees who types commands.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import vectors from '../protocol/vectors.json' with { type: 'json' };
import { artifact, startConfigured } from './bridge.ts';
import { createFolder, type Folder } from './folder.ts';
import { freePort } from './free-port.ts';
import { subscribe } from './subscriber.ts';

async function type(args: readonly string[], input = ''): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, [artifact, ...args], { timeout: 10_000 });
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, out, err };
}

test.concurrent('--version says the version', async () => {
  expect(await type(['--version'])).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' });
});

test.concurrent('--help names every command, option and exit code', async () => {
  const { code, out, err } = await type(['--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const word of ['run', 'check', 'ports', 'decode', '--config', '--version', '--help', 'Exit codes']) {
    expect(out).toContain(word);
  }
});

test.concurrent.each([{ args: ['fly'] }, { args: ['check', 'twice'] }, { args: ['--fast'] }, { args: ['--config'] }])(
  '$args is wrong usage: exit code 2, the error and one line',
  async ({ args }) => {
    const { code, out, err } = await type(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^.+\nHelp: node .* help\n$/);
  },
);

test.concurrent('ports lists adapters or says that there is none', async () => {
  const { code, out, err } = await type(['ports']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/interface:\n {2}port: \/|No serial adapter found/);
});

async function write(folder: Folder, lines: readonly string[]): Promise<string> {
  const file = folder.file('bridge.yaml');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

describe.concurrent('the configuration', () => {
  test('that is right is fine', async () => {
    await using folder = await createFolder();
    const file = await write(folder, ['interface:', '  port: tcp://server:8899']);
    expect(await type(['check', '--config', file])).toEqual({ code: 0, out: `${file}: fine\n`, err: '' });
  });

  const wrong = [
    'interface:',
    '  prot: /dev/ttyUSB0',
    '  mode: slave',
    'config:',
    '  maxAmpsForSlaves: 1000',
    '  maxAmpsPerTWC: "16"',
    'status:',
    '  MQTT:',
    '    ratelimits: 5',
    '    broker: mqtt://user:secret-of-mine@host',
  ];

  test.each([['check'], ['run']])(
    'that is wrong: %s says all problems with their lines, exit code 1',
    async (command) => {
      await using folder = await createFolder();
      const file = await write(folder, wrong);
      const { code, out, err } = await type([command, '--config', file]);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      const problems = err.trimEnd().split('\n');
      const expected = [
        /:2: interface\.prot: unknown setting, did you mean interface\.port\?$/,
        /:3: interface\.mode: expected one of master, listen, got "slave"$/,
        /:5: config\.maxAmpsForSlaves: expected a whole number from 6 to 240, got 1000$/,
        /:6: config\.maxAmpsPerTWC: expected a whole number from 6 to 80, got "16"; write the number alone: maxAmpsPerTWC: 16$/,
        /:9: status\.MQTT\.ratelimits: unknown setting, did you mean status\.MQTT\.ratelimit\?$/,
        /:10: status\.MQTT\.broker: expected an address without a name and a password .*$/,
      ];
      for (const pattern of expected) expect(problems).toContainEqual(expect.stringMatching(pattern));
      expect(problems).toHaveLength(expected.length);
      for (const problem of problems) expect(problem.startsWith(`${file}:`)).toBe(true);
    },
  );

  test('that is missing is said to be', async () => {
    await using folder = await createFolder();
    const { code, err } = await type(['check', '--config', folder.file('nowhere.yaml')]);
    expect(code).toBe(1);
    expect(err).toContain('nowhere.yaml: expected a configuration file, but there is no such file');
  });

  test('that is no YAML is said to be, with the line', async () => {
    await using folder = await createFolder();
    const file = await write(folder, ['interface:', '  port: "unfinished']);
    const { code, err } = await type(['check', '--config', file]);
    expect(code).toBe(1);
    expect(err).toMatch(/bridge\.yaml:\d+: /);
  });

  test('never shows a secret, even a wrong one', async () => {
    await using folder = await createFolder();
    const file = await write(folder, ['status:', '  MQTT:', '    password: 918273645', '    broker: nonsense']);
    const { code, err } = await type(['check', '--config', file]);
    expect(code).toBe(1);
    expect(err).not.toContain('918273645');
  });
});

describe.concurrent('decode', () => {
  const frames = vectors.filter(({ kind }) => kind !== 'stream');
  const spellings: readonly (readonly [string, (hex: string) => string])[] = [
    ['as captured', (hex) => hex],
    ['in lower case', (hex) => hex.toLowerCase()],
    ['without spaces', (hex) => hex.replaceAll(' ', '')],
    ['followed by the junk byte of real units', (hex) => `${hex} FC`],
  ];

  test.each(spellings)('knows good frames from bad ones, %s', async (_, spelled) => {
    for (const valid of [true, false]) {
      const lines = frames
        .filter((one) => one.valid === valid && one.wire_hex !== '')
        .map((one) => spelled(one.wire_hex));
      const { code, out, err } = await type(['decode'], `${lines.join('\n')}\n`);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const results = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(results.filter((one) => one.valid !== valid)).toEqual([]);
      expect(results).toHaveLength(lines.length);
    }
  });

  test.each([
    {
      input: 'c0fde024337777080 7d000860000000 08ac0',
      result: {
        valid: true,
        message: {
          name: 'slaveHeartbeat',
          sender: '2433',
          receiver: '7777',
          state: 8,
          limitAmps: 20,
          actualAmps: 1.34,
        },
      },
    },
    {
      input: 'C0 FD EB 25 87 00 00 03 9C 00 F6 00 F0 00 F6 00 00 00 00 00 12 C0 FE',
      result: {
        valid: true,
        message: {
          name: 'meterResponse',
          sender: '2587',
          energyCounter: 924,
          volts: [246, 240, 246],
          phaseAmps: [0, 0, 0],
        },
      },
    },
    {
      input: 'C0 FC E1 32 AB 77 40 06 00 00 00 00 00 00 00 00 BA C0 FF',
      result: { valid: false, reason: 'checksum: expected 7B, got BA' },
    },
  ])('$input', async ({ input, result }) => {
    const { code, out } = await type(['decode'], input);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(result);
  });

  test('a line that is no hex is left out, and the next one is read', async () => {
    const { code, out } = await type(['decode'], 'hello\nC0 FC 1D 00 00 00 00 00 00 00 00 00 00 00 1D C0\n');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ valid: true, message: { name: 'idle' } });
  });
});

describe.concurrent('the configuration as shipped', () => {
  const shipped = fileURLToPath(new URL('../../config.yaml', import.meta.url));

  /** The shipped file with other ports for its broker and its page. */
  async function copied(folder: Folder, port: number, page: number): Promise<string> {
    const file = folder.file('bridge.yaml');
    await copyFile(shipped, file);
    const source = await readFile(file, 'utf8');
    expect(source).toMatch(/broker: embedded\b/);
    expect(source).toContain('listen: 127.0.0.1:8099');
    const moved = source.replace('broker: embedded', `broker: embedded:${port}`).replace(':8099', `:${page}`);
    await writeFile(file, moved);
    return file;
  }

  test('runs simulated chargers on a broker of its own and on a page, for this machine only, and says so', async () => {
    await using folder = await createFolder();
    const [port, page] = [await freePort(), await freePort()];
    await using bridge = await startConfigured(await copied(folder, port, page));
    await bridge.says(/SIMULATION: these chargers are not real/);
    await bridge.says(new RegExp(`embedded broker: listens on 127\\.0\\.0\\.1:${port}, `));
    await bridge.says(new RegExp(`page: http://127\\.0\\.0\\.1:${page}/$`));
    await using subscriber = await subscribe(`mqtt://127.0.0.1:${port}`);
    await subscriber.sees('TWC/status', 'online');
    for (const id of ['1A2B', '3C4D', '5E6F']) await subscriber.sees(`TWC/${id}/availability`, 'online');
    await subscriber.sees('TWC/1A2B/ampsMax', /^\d+$/);
    expect(new Set(await listening(bridge.pid))).toEqual(new Set([`0100007F:${port}`, `0100007F:${page}`]));
    expect(await bridge.stop()).toMatchObject({ code: 0 });
  });

  test('takes a free port where the broker wants one that is taken, and says which', async () => {
    await using folder = await createFolder();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    try {
      await using bridge = await startConfigured(await copied(folder, port, await freePort()));
      const line = await bridge.says(/embedded broker: listens on/);
      expect(line).toContain(`(port ${port} is taken)`);
      const other = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      expect(other).not.toBe(String(port));
      await using subscriber = await subscribe(`mqtt://127.0.0.1:${other}`);
      await subscriber.sees('TWC/status', 'online');
    } finally {
      taken.close();
    }
  });
});

/** Where a process listens: addresses as the kernel writes them, and ports. */
async function listening(pid: number): Promise<string[]> {
  const inodes = await socketsOf(pid);
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8')));
  const LISTEN = '0A';
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/))
    .filter((row) => row[3] === LISTEN && inodes.has(row[9] ?? ''))
    .map(([, local = '']) => local.replace(/[0-9A-F]+$/, (port) => String(Number.parseInt(port, 16))));
}

async function socketsOf(pid: number): Promise<Set<string>> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}
