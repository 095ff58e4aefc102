// The unit for systemd, as systemd itself reads it.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createFolder } from './folder.ts';

const run = promisify(execFile);
const unit = new URL('../../docs/twc2mqtt.service', import.meta.url);

test('systemd finds no fault in the unit, and sees little that it is exposed to', async () => {
  await using folder = await createFolder();
  const file = folder.file('twc2mqtt.service');
  // A program that is there.
  const text = (await readFile(unit, 'utf8')).replace('ExecStart=/usr/local/bin/twc2mqtt ', 'ExecStart=/bin/true ');
  await writeFile(file, text);
  expect(await run('systemd-analyze', ['verify', '--man=no', file])).toEqual({ stdout: '', stderr: '' });
  // From 0, well locked in, to 10. It needs the network and serial devices.
  const limits = ['--offline=true', '--threshold=20'];
  const { stdout } = await run('systemd-analyze', ['security', ...limits, '--no-pager', file], {
    env: { PATH: '/usr/bin:/bin', SYSTEMD_COLORS: '0' },
  });
  expect(stdout).toMatch(/Overall exposure level for twc2mqtt\.service: [01]\.\d OK/);
});

test('it is started anew when it ends itself, has a user of its own, and may open serial devices', async () => {
  const lines = (await readFile(unit, 'utf8')).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'Restart=always',
      'DynamicUser=yes',
      'SupplementaryGroups=dialout',
      'DeviceAllow=char-ttyUSB rw',
      'DeviceAllow=char-ttyACM rw',
    ]),
  );
});
