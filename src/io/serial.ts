// A serial device: 9600 baud, 8N1, for us alone; the control lines are left as they are.

import { SerialPort } from 'serialport';
import { deferred } from './deferred.ts';
import type { Link, LinkSettings } from './link.ts';

/** Bytes at once; a second of the bus. The library would keep buffers of 64 kB for what is read. */
const MOST_UNREAD = 1_024;
/** More unwritten bytes than this and the device takes nothing: what is said then would be stale. */
const MOST_UNWRITTEN = 128;

export async function openSerial(path: string, { mayWrite, received }: LinkSettings): Promise<Link> {
  const settings = { baudRate: 9600, lock: true, hupcl: false, highWaterMark: MOST_UNREAD } as const;
  const port = new SerialPort({ path, ...settings, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(new Error(describeError(path, error))) : resolve()));
  });
  const closed = deferred<string>();
  port.on('data', received);
  port.on('error', (error) => {
    closed.resolve(describeError(path, error));
    if (port.isOpen) port.close(() => {});
  });
  port.on('close', (error: Error | null) => closed.resolve(error ? describeError(path, error) : `${path} was closed`));
  return {
    port: path,
    write: mayWrite ? (bytes) => void (port.writableLength < MOST_UNWRITTEN && port.write(bytes)) : undefined,
    closed: closed.promise,
    close: () => new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
}

const inUse =
  'another program holds it (EAGAIN, "Cannot lock port"); stop the program or app that uses it, or choose another adapter';

const words: readonly (readonly [RegExp, string])[] = [
  [/no such file|ENOENT/i, 'there is no such device; is the adapter plugged in?'],
  [
    /permission denied|not permitted|EACCES|EPERM/i,
    'permission denied; may this user open serial devices (group dialout)? In Home Assistant: restart the app',
  ],
  [/temporarily unavailable|cannot lock|EAGAIN|EBUSY|busy/i, inUse],
  [/inappropriate ioctl|ENOTTY|not a tty|not a character/i, 'it is not a serial device'],
  [/disconnected|EIO|input\/output error|ENXIO|ENODEV|bad file descriptor/i, 'it was unplugged'],
];

function describeError(path: string, error: Error): string {
  const found = words.find(([pattern]) => pattern.test(error.message));
  return `${path}: ${found ? found[1] : error.message}`;
}
