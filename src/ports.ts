// The command `ports`: the serial adapters of this machine, those with a lasting name first.

import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { SerialPort } from 'serialport';

interface Adapter {
  readonly path: string;
  readonly device: string;
  readonly maker: string;
}

const BY_ID = '/dev/serial/by-id';

export async function portList(): Promise<string> {
  const listed = await SerialPort.list().catch(() => []);
  const makerOf = (device: string) => {
    const found = listed.find(({ path }) => path === device);
    return [found?.manufacturer, found?.pnpId?.replace(/^usb-|-if\d.*$/g, '')].filter(Boolean).join(', ');
  };
  const lasting = await byId();
  const named = lasting.map(({ path, device }): Adapter => ({ path, device, maker: makerOf(device) }));
  const others = listed
    .filter(({ path, manufacturer }) => manufacturer && !named.some(({ device }) => device === path))
    .map(({ path }): Adapter => ({ path, device: path, maker: makerOf(path) }));
  return described([...named, ...others]);
}

function described(adapters: readonly Adapter[]): string {
  const [first] = adapters;
  if (!first) return 'No serial adapter found. Is it plugged in, and may this user see it?\n';
  const lines = adapters.map(({ path, device, maker }) =>
    [path, path === device ? '' : `-> ${device}`, maker && `(${maker})`].filter(Boolean).join(' '),
  );
  const hint =
    adapters.length === 1 ? 'Put this in the configuration:' : 'Put one of them in the configuration, for example:';
  return `${lines.join('\n')}\n\n${hint}\n\ninterface:\n  port: ${first.path}\n`;
}

async function byId(): Promise<{ path: string; device: string }[]> {
  const names = await readdir(BY_ID).catch(() => []);
  return Promise.all(
    names.sort().map(async (name) => {
      const path = join(BY_ID, name);
      return { path, device: await realpath(path).catch(() => path) };
    }),
  );
}
