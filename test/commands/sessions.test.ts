// What the command `sessions` prints.

import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sessionsCommand, table } from '../../src/commands/sessions.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { createFolder } from '../system/folder.ts';
import { id } from '../world.ts';

const session: SessionRecord = {
  charger: id('1A2B'),
  start: '2026-10-25T02:30:00+02:00',
  end: '2026-10-25T02:45:10+01:00',
  seconds: 4_510,
  kWh: 8.257,
  energyFrom: 'meter',
  peakAmps: 16,
  vin: '5YJ3E1EA2KF000317',
};

test('without sessions there is no table', () => {
  expect(table([])).toBe('No sessions.\n');
});

test('sessions are lines with totals; what is not known is a dash', () => {
  const unknown = { ...session, charger: id('5E6F'), seconds: 36_000, kWh: 0, energyFrom: 'none', vin: '' } as const;
  expect(table([session, unknown]).split('\n')).toEqual([
    'Charger  Start                    End                      Duration   kWh  From   Peak A  VIN',
    '1A2B     2026-10-25 02:30 +02:00  2026-10-25 02:45 +01:00      1:15  8.26  meter    16.0  5YJ3E1EA2KF000317',
    '5E6F     2026-10-25 02:30 +02:00  2026-10-25 02:45 +01:00     10:00     -  -        16.0  -',
    'Total    2 sessions                                           11:15  8.26',
    '',
  ]);
});

test('a VIN cannot colour a terminal or break a line', () => {
  expect(table([{ ...session, vin: '\u001b[31m\n' }])).toContain('?[31m?\n');
});

test('a history that cannot be read is named, and why', async () => {
  await using folder = await createFolder();
  const config = folder.file('garage.yaml');
  await writeFile(config, 'interface:\n  port: /dev/ttyUSB0\n');
  await mkdir(folder.file('twc2mqtt-garage.sessions.jsonl'));
  await expect(sessionsCommand(config, {}, () => {})).rejects.toThrow(
    `${folder.file('twc2mqtt-garage.sessions.jsonl')}: expected the charging sessions, but it is a folder`,
  );
});
