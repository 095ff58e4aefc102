// What the bridge knows of everything, as rows of the topic tables and commands are given it.

import type { Charger } from '../../src/charger/charger.ts';
import type { Limits } from '../../src/control/limits.ts';
import type { Overview } from '../../src/topics/row.ts';
import { limits as usual } from '../world.ts';

export function overviewOf(
  chargers: readonly Charger[],
  limits: Limits = usual,
  more: Partial<Overview> = {},
): Overview {
  return {
    now: 0,
    chargers,
    limits,
    findings: [],
    targets: { since: 0, circuit: limits.maxAmpsForSlaves, of: () => ({ limit: limits.maxAmpsPerTWC, enabled: true }) },
    setPoints: { chargers: {} },
    chargeNow: { amps: limits.maxAmpsForSlaves, minutes: 60 },
    leaseLeft: undefined,
    sessions: new Map(),
    chargeStatuses: new Map(),
    vehicles: new Map(),
    instance: 'twc2mqtt-test',
    minuteOf: (at) => String(at),
    inControl: true,
    stats: {
      uptime: 0,
      framesPerMinute: 0,
      checksumErrors: 0,
      badFrameShare: undefined,
      reconnects: { link: 0, broker: 0 },
      lastError: '',
    },
    ...more,
  };
}
