// The command `ports`: the serial adapters of this machine, those with a lasting name first.

import { basename } from 'node:path';
import { SerialPort } from 'serialport';
import { type Adapter, adaptersIn, BY_ID, sharedPlaces } from '../io/adapters.ts';
import { radioIn } from '../io/radios.ts';
import { typedCommand } from '../io/typed-command.ts';

interface Listed extends Adapter {
  readonly maker: string;
}

export async function portList(folder = BY_ID): Promise<string> {
  const listed = await SerialPort.list().catch(() => []);
  const makerOf = (device: string) => {
    const found = listed.find(({ path }) => path === device);
    return [found?.manufacturer, found?.pnpId?.replace(/^usb-|-if\d.*$/g, '')].filter(Boolean).join(', ');
  };
  const shared = await sharedPlaces(folder);
  const isShared = (one: Adapter) => shared.some(({ device }) => device === one.device);
  const lasting = [...(await adaptersIn(folder)).filter((one) => !isShared(one)), ...shared];
  const named = lasting.map(({ path, device }): Listed => ({ path, device, maker: makerOf(device) }));
  const others = listed
    .filter(({ path, manufacturer }) => manufacturer && !named.some(({ device }) => device === path))
    .map(({ path }): Listed => ({ path, device: path, maker: makerOf(path) }));
  return described([...named, ...others], shared.length > 0);
}

function described(adapters: readonly Listed[], shared: boolean): string {
  const possible = adapters.filter(({ path }) => radioIn(basename(path)) === undefined);
  const lines = adapters.map(({ path, device, maker }) => {
    const radio = radioIn(basename(path));
    const pointsTo = path === device ? '' : `-> ${device}`;
    return [path, pointsTo, maker && `(${maker})`, radio && `not for chargers: ${radio}`].filter(Boolean).join(' ');
  });
  const all = lines.map((line) => `${line}\n`).join('');
  const [first] = possible;
  if (!first) return `${all}No serial adapter found. Is it plugged in, and may this user see it?\n`;
  const alike = shared
    ? '\nSome adapters are alike and share one name: they are told by the place where they are plugged in.\n'
    : '';
  const hint =
    possible.length === 1 ? 'Put this in the configuration:' : 'Put one of them in the configuration, for example:';
  const next = `Then look at the whole of it: ${typedCommand()} check`;
  return `${all}${alike}\n${hint}\n\ninterface:\n  port: ${first.path}\n\n${next}\n`;
}
