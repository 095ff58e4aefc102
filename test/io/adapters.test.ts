// Adapters by their lasting names.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adaptersIn, onlyAdapter } from '../../src/io/adapters.ts';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'twc2mqtt-'));
  folder = join(root, 'by-id/');
  await mkdir(folder);
});

afterEach(() => rm(root, { recursive: true }));

async function plug(name: string, device: string): Promise<void> {
  await writeFile(join(root, device), '');
  await symlink(`../${device}`, join(folder, name));
}

test('have a name that lasts and a device that it points to now', async () => {
  await plug('usb-B', 'ttyUSB0');
  await plug('usb-A', 'ttyUSB1');
  expect(await adaptersIn(folder)).toEqual([
    { path: join(folder, 'usb-A'), device: join(root, 'ttyUSB1') },
    { path: join(folder, 'usb-B'), device: join(root, 'ttyUSB0') },
  ]);
});

test('the only one is found, also under two names', async () => {
  await plug('usb-A', 'ttyUSB0');
  expect(await onlyAdapter(folder)).toBe(join(folder, 'usb-A'));
  await symlink('../ttyUSB0', join(folder, 'usb-A-again'));
  expect(await onlyAdapter(folder)).toBe(join(folder, 'usb-A'));
});

test('several are named', async () => {
  await plug('usb-A', 'ttyUSB0');
  await plug('usb-B', 'ttyUSB1');
  await expect(onlyAdapter(folder)).rejects.toThrow(/more than one serial adapter.*: \S+usb-A and \S+usb-B$/);
});

test('none is said to be none, and so is a folder that is not there', async () => {
  await expect(onlyAdapter(folder)).rejects.toThrow(/there is no serial adapter; is it plugged in\?$/);
  await expect(onlyAdapter(join(root, 'absent/'))).rejects.toThrow(/there is no serial adapter/);
});
