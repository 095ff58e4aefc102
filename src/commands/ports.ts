// The command `ports`: the serial adapters of this machine, those with a lasting name first.

import { SerialPort } from 'serialport';
import { type Adapter, adaptersIn, BY_ID } from '../io/adapters.ts';

interface Listed extends Adapter {
  readonly maker: string;
}

export async function portList(): Promise<string> {
  const listed = await SerialPort.list().catch(() => []);
  const makerOf = (device: string) => {
    const found = listed.find(({ path }) => path === device);
    return [found?.manufacturer, found?.pnpId?.replace(/^usb-|-if\d.*$/g, '')].filter(Boolean).join(', ');
  };
  const lasting = await adaptersIn(BY_ID);
  const named = lasting.map(({ path, device }): Listed => ({ path, device, maker: makerOf(device) }));
  const others = listed
    .filter(({ path, manufacturer }) => manufacturer && !named.some(({ device }) => device === path))
    .map(({ path }): Listed => ({ path, device: path, maker: makerOf(path) }));
  return described([...named, ...others]);
}

function described(adapters: readonly Listed[]): string {
  const [first] = adapters;
  if (!first) return 'No serial adapter found. Is it plugged in, and may this user see it?\n';
  const lines = adapters.map(({ path, device, maker }) =>
    [path, path === device ? '' : `-> ${device}`, maker && `(${maker})`].filter(Boolean).join(' '),
  );
  const hint =
    adapters.length === 1 ? 'Put this in the configuration:' : 'Put one of them in the configuration, for example:';
  return `${lines.join('\n')}\n\n${hint}\n\ninterface:\n  port: ${first.path}\n`;
}
