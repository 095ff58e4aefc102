// A session that is over, as tests of different rooms keep it.

import type { SessionRecord } from '../../src/session/record.ts';
import { id } from '../world.ts';

export const recorded: SessionRecord = {
  charger: id('1A2B'),
  start: '2026-11-25T18:00:00+01:00',
  end: '2026-11-25T19:30:00+01:00',
  seconds: 5_400,
  kWh: 16.56,
  energyFrom: 'meter',
  peakAmps: 16.02,
  vin: '5YJ3E1EA2KF000317',
};
