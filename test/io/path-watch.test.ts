// What appears where a path says: adapters that come back, under a folder that went with them.

import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathChanged } from '../../src/io/path-watch.ts';

let dev = '';
let byId = '';
let adapter = '';

beforeEach(async () => {
  dev = await mkdtemp(join(tmpdir(), 'twc2mqtt-'));
  byId = join(dev, 'serial', 'by-id');
  adapter = join(byId, 'usb-FTDI');
});

afterEach(() => rm(dev, { recursive: true }));

const ending = () => new AbortController();
const plug = () => symlink('../../ttyUSB0', adapter);

test('an adapter that comes is noticed', async () => {
  await mkdir(byId, { recursive: true });
  const noticed = pathChanged(adapter, ending().signal);
  await plug();
  await noticed;
});

test('an adapter whose link comes to point elsewhere is noticed', async () => {
  await mkdir(byId, { recursive: true });
  await plug();
  const noticed = pathChanged(adapter, ending().signal);
  await symlink('../../ttyUSB1', `${adapter}.new`);
  await rename(`${adapter}.new`, adapter);
  await noticed;
});

test('whatever comes into a folder is noticed where a folder is meant', async () => {
  await mkdir(byId, { recursive: true });
  const noticed = pathChanged(`${byId}/`, ending().signal);
  await plug();
  await noticed;
});

test.each([
  ['an adapter', ''],
  ['a folder', '/'],
])('the folders that come back before %s are noticed one by one', async (_, end) => {
  const path = end ? `${byId}/` : adapter;
  const first = pathChanged(path, ending().signal);
  await mkdir(join(dev, 'serial'));
  await first;
  const second = pathChanged(path, ending().signal);
  await mkdir(byId);
  await second;
  const third = pathChanged(path, ending().signal);
  await plug();
  await third;
});

test('a folder that goes is noticed, since nothing can come into it any more', async () => {
  await mkdir(byId, { recursive: true });
  const noticed = pathChanged(adapter, ending().signal);
  await rm(byId, { recursive: true });
  await noticed;
});

test('others, and writing to what has been there, are nothing new', async () => {
  await mkdir(byId, { recursive: true });
  await writeFile(adapter, '');
  const controller = ending();
  let noticed = false;
  const done = pathChanged(adapter, controller.signal).then(() => {
    noticed = true;
  });
  await writeFile(adapter, 'C0');
  await writeFile(join(byId, 'usb-other'), '');
  const marker = pathChanged(join(byId, 'usb-marker'), ending().signal);
  await writeFile(join(byId, 'usb-marker'), '');
  await marker;
  expect(noticed).toBe(false);
  controller.abort();
  await done;
});

test('where nothing can be watched there is quiet until the end', async () => {
  const controller = ending();
  let noticed = false;
  const file = join(dev, 'file');
  await writeFile(file, '');
  // A file stands where a folder should be.
  const done = pathChanged(join(file, 'adapter'), controller.signal).then(() => {
    noticed = true;
  });
  await new Promise(setImmediate);
  expect(noticed).toBe(false);
  controller.abort();
  await done;
});

test('nothing stays open', async () => {
  await mkdir(byId, { recursive: true });
  const before = await watches();
  for (let round = 0; round < 20; round++) {
    const controller = ending();
    const noticed = pathChanged(adapter, controller.signal);
    if (round % 2) await plug();
    else controller.abort();
    await noticed;
    await rm(adapter, { force: true });
  }
  expect(await watches()).toBe(before);
});

/** How many folders and files this process watches. */
async function watches(): Promise<number> {
  const open = await readdir('/proc/self/fd');
  const inotify = async (fd: string) => (await readlink(`/proc/self/fd/${fd}`).catch(() => '')).includes('inotify');
  const counts = await Promise.all(
    open.map(async (fd) => {
      if (!(await inotify(fd))) return 0;
      return (await readFile(`/proc/self/fdinfo/${fd}`, 'utf8'))
        .split('\n')
        .filter((line) => line.startsWith('inotify ')).length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
