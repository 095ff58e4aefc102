// The list of adapters: what is for chargers, what is not, and which name lasts.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { portList } from '../../src/commands/ports.ts';
import { createFolder, type Folder } from '../system/folder.ts';

async function plug(folder: Folder, by: 'by-id' | 'by-path', name: string, device: string): Promise<void> {
  await mkdir(folder.file(by), { recursive: true });
  await writeFile(folder.file(device), '');
  await symlink(`../${device}`, `${folder.file(by)}/${name}`);
}

test('a radio is listed as one and never proposed', async () => {
  await using folder = await createFolder();
  await plug(folder, 'by-id', 'usb-ITead_Sonoff_Zigbee_3.0_USB_Dongle_Plus_V2_1-if00', 'ttyACM0');
  expect(await portList(folder.file('by-id/'))).toMatch(/Sonoff\S+ -> \S+ttyACM0 not for chargers: a Zigbee radio/);
  expect(await portList(folder.file('by-id/'))).toContain('No serial adapter found');
  await plug(folder, 'by-id', 'usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0', 'ttyUSB0');
  expect(await portList(folder.file('by-id/'))).toMatch(
    /Put this in the configuration:\n\n.*\n.*by-id\/usb-FTDI\S+\n\nThen look at the whole of it: .* check\n$/,
  );
});

test('adapters that share a name are listed by their places', async () => {
  await using folder = await createFolder();
  await plug(folder, 'by-id', 'usb-1a86_USB_Serial-if00-port0', 'ttyUSB1');
  await plug(folder, 'by-path', 'pci-0000:00:14.0-usb-0:1:1.0-port0', 'ttyUSB0');
  await plug(folder, 'by-path', 'pci-0000:00:14.0-usb-0:2:1.0-port0', 'ttyUSB1');
  const list = await portList(folder.file('by-id/'));
  expect(list).toMatch(/usb-0:1:1.0-port0 -> \S+ttyUSB0\n\S+usb-0:2:1.0-port0 -> \S+ttyUSB1\n/);
  expect(list).not.toContain('1a86');
  expect(list).toContain('share one name');
});
