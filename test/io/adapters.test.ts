// Adapters by their lasting names.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adapterIn, adaptersIn, lastingName, radiosAmong, sharedPlaces } from '../../src/io/adapters.ts';

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
  expect(await adapterIn(folder)).toBe(join(folder, 'usb-A'));
  await symlink('../ttyUSB0', join(folder, 'usb-A-again'));
  expect(await adapterIn(folder)).toBe(join(folder, 'usb-A'));
});

test('several are named', async () => {
  await plug('usb-A', 'ttyUSB0');
  await plug('usb-B', 'ttyUSB1');
  await expect(adapterIn(folder)).rejects.toThrow(/more than one serial adapter.*: \S+usb-A and \S+usb-B$/);
});

test('none is said to be none, and so is a folder that is not there', async () => {
  await expect(adapterIn(folder)).rejects.toThrow(/there is no serial adapter; is it plugged in\?$/);
  await expect(adapterIn(join(root, 'absent/'))).rejects.toThrow(/there is no serial adapter/);
});

/** Real names: of sticks that are no adapter for chargers, and of adapters that may be. */
const sticks = [
  'usb-ITead_Sonoff_Zigbee_3.0_USB_Dongle_Plus_V2_20220818140647-if00',
  'usb-Itead_Sonoff_Zigbee_3.0_USB_Dongle_Plus_a0cb8e7ce612ec11a1a94b1bc6e5a2b4-if00-port0',
  'usb-Silicon_Labs_Sonoff_Zigbee_3.0_USB_Dongle_Plus_0001-if00-port0',
  'usb-SONOFF_SONOFF_Dongle_Plus_MG24_9c8e8d-if00-port0',
  'usb-dresden_elektronik_ingenieurtechnik_GmbH_ConBee_II_DE2421234-if00',
  'usb-dresden_elektronik_ConBee_III_DE03188282-if00-port0',
  'usb-Nabu_Casa_SkyConnect_v1.0_5c0a8b6f3a40ed11b4f9a6cc47486eb0-if00-port0',
  'usb-Nabu_Casa_Home_Assistant_Connect_ZBT-1_9e2adbd75b8beb119fe564a0f320645d-if00-port0',
  'usb-Nabu_Casa_ZBT-2_10B41DE58D6C-if00',
  'usb-Nabu_Casa_ZWA-2_D83BDA7524CC-if00',
  'usb-Texas_Instruments_TI_CC2531_USB_CDC___0X00124B0018ED1F3A-if00',
  'usb-1a86_TETRAHOME_5A-if00-port0',
  'usb-SMLIGHT_SMLIGHT_SLZB-07_1ea3-if00-port0',
  'usb-0658_0200-if00',
  'usb-Zooz_800_Z-Wave_Stick_533D004242-if00',
  'usb-Silicon_Labs_HubZ_Smart_Home_Controller_513015D1-if00-port0',
  'usb-Silicon_Labs_Z-Wave.me_UZB_0001-if00-port0',
  'usb-Nordic_Semiconductor_nRF52_OpenThread_Device_EAC2FCEEBB4C-if00',
  'usb-u-blox_AG_-_www.u-blox.com_u-blox_7_-_GPS_GNSS_Receiver-if00',
  'usb-RFXCOM_RFXtrx433_A1Y0NJGR-if00-port0',
  'usb-busware.de_CUL868-if00',
  'usb-EnOcean_GmbH_EnOcean_USB_300_DC_FT3BXXXX-if00-port0',
];
const adapters = [
  'usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0',
  'usb-FTDI_USB-RS485_Cable_FT4XTKHL-if00-port0',
  'usb-1a86_USB_Serial-if00-port0',
  'usb-1a86_USB2.0-Ser_-if00-port0',
  'usb-1a86_USB_Single_Serial_5647024512-if00',
  'usb-Prolific_Technology_Inc._USB-Serial_Controller_D-if00-port0',
  'usb-Silicon_Labs_CP2102_USB_to_UART_Bridge_Controller_0001-if00-port0',
  'usb-DSD_TECH_SH-U11_USB_RS485-if00-port0',
  'usb-Waveshare_USB_TO_RS485_FT5X-if00-port0',
];

test.each(sticks)('%s is left alone, and the log can say why', async (name) => {
  await plug(name, 'ttyACM0');
  await expect(adapterIn(folder)).rejects.toThrow(`${name} is `);
  await plug('usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0', 'ttyUSB0');
  expect(await adapterIn(folder)).toBe(join(folder, 'usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0'));
  expect(radiosAmong(await adaptersIn(folder))).toMatch(/ is .* and not used$/);
});

test.each(adapters)('%s may be the one for the chargers', async (name) => {
  await plug(name, 'ttyUSB0');
  expect(await adapterIn(folder)).toBe(join(folder, name));
});

test('the adapter that was used before is taken beside others, and no other in its place', async () => {
  await plug('usb-B', 'ttyUSB0');
  await expect(adapterIn(folder, 'usb-A')).rejects.toThrow(
    /usb-A: the adapter that was used before is not there.*Another is not taken in its place.*choose \S+usb-B$/,
  );
  await plug('usb-A', 'ttyUSB1');
  expect(await adapterIn(folder, 'usb-A')).toBe(join(folder, 'usb-A'));
  await expect(adapterIn(join(root, 'absent/'), 'usb-A')).rejects.toThrow(
    /used before is not there; is it plugged in\?$/,
  );
});

test('of adapters that share a name the place decides', async () => {
  await plug('usb-1a86_USB_Serial-if00-port0', 'ttyUSB0');
  await mkdir(join(root, 'by-path'));
  const at = (place: string, device: string) => symlink(`../${device}`, join(root, 'by-path', place));
  await at('pci-0000:00:14.0-usb-0:1:1.0-port0', 'ttyUSB0');
  await at('pci-0000:00:14.0-usbv2-0:1:1.0-port0', 'ttyUSB0');
  await at('pci-0000:00:16.3', 'ttyS4');
  expect(await sharedPlaces(folder)).toEqual([]);
  expect(await adapterIn(folder)).toContain('usb-1a86');
  await writeFile(join(root, 'ttyUSB1'), '');
  await at('pci-0000:00:14.0-usb-0:2:1.0-port0', 'ttyUSB1');
  for (const before of [undefined, 'usb-1a86_USB_Serial-if00-port0']) {
    await expect(adapterIn(folder, before)).rejects.toThrow(
      /share one name.*: \S+usb-0:1:1.0-port0 and \S+usb-0:2:1.0-port0$/,
    );
  }
  const place = 'pci-0000:00:14.0-usb-0:2:1.0-port0';
  expect(await adapterIn(folder, place)).toBe(join(root, 'by-path', place));
});

test('only names that last are remembered', () => {
  expect(lastingName('/dev/serial/by-id/usb-A')).toBe('usb-A');
  expect(lastingName('/dev/serial/by-path/pci-1-usb-2')).toBe('pci-1-usb-2');
  expect(lastingName('/dev/ttyUSB0')).toBeUndefined();
});
