// The topic table of a charger: one row a value that a person can see or set. Publishing, Home Assistant discovery,
// commands, the README's tables and the tests all read it. Names, types and meanings of the documented topics are fixed.

import { actualAmps, type Charger, isCharging } from '../charger/charger.ts';
import { lifetimeKWh } from '../charger/energy-snapshot.ts';
import { plug, showsNoCar } from '../charger/plug.ts';
import { chargerRange } from '../control/limits.ts';
import { isState, type Status, stateShowsLasting, stateStatus, stateText, statuses } from '../protocol/states.ts';
import { type ChargeStatus, chargeStatuses } from './charge-status.ts';
import {
  alsoAs,
  amps,
  choice,
  diagnostic,
  documented,
  namedByClass,
  number,
  plain,
  ranked,
  rare,
  sensor,
  time,
  toggle,
  wholeAmps,
  words,
} from './kinds.ts';
import { loadTopics, phaseTopics } from './load-topics.ts';
import { readLimit, readSwitch } from './payload.ts';
import type { Abilities, CommandRow, Overview, Rows } from './row.ts';
import { sessionTopics } from './session-topics.ts';

const setLimit: CommandRow<Charger> = {
  topic: 'set/limit',
  payload: 'A',
  meaning:
    "Charging current limit; fractions are cut off, more than the charger's maximum is the maximum, less than `minAmpsPerTWC` is that. 0: do not charge until a limit or `set/charging` says otherwise",
  read(text, charger, { limits }) {
    const amps = readLimit(text, chargerRange(charger, limits));
    return typeof amps === 'number' ? { type: 'limit', charger: charger.id, amps } : amps;
  },
  range: (limits, charger) => chargerRange(charger ?? {}, limits),
};

const setCharging: CommandRow<Charger> = {
  topic: 'set/charging',
  payload: '`1` or `0`, `true` or `false`, `on` or `off`',
  meaning:
    'Whether a car may be charged. A version 2 unit without `control.relay` can only be lowered to 6 A, see Safety',
  read(text, { id }) {
    const enabled = readSwitch(text);
    return typeof enabled === 'boolean' ? { type: 'charging', charger: id, enabled } : enabled;
  },
};

/** As documented, under names and with types that are fixed. */
const documentedTopics: Rows<Charger> = {
  lifetimekWh: documented(
    { type: 'integer, kWh' },
    'Energy since manufacture; never decreases',
    ({ energy }) => lifetimeKWh(energy),
    { label: 'Lifetime energy', unit: 'kWh' },
  ),
  ampsMax: documented(
    wholeAmps,
    'The limit that the charger reports; 0 while no car is plugged in',
    ({ heartbeat }) => heartbeat?.limitAmps,
    { label: 'Reported limit', unit: 'A' },
  ),
};

const otherDocumentedTopics: Rows<Charger> = {
  ampsInUse: documented(
    amps,
    'Current that the car draws, of the largest phase; 0 when the charger is offline',
    actualAmps,
  ),
  carsCharging: documented(
    { type: '`0` or `1`' },
    'A car is charging: 1 A or more; back to 0 after 5 s below without a break',
    ({ charging }) => charging.on,
  ),
  currentVehicleVIN: documented(
    words,
    'VIN of the car that is charging now; empty when there is none or it is not known',
    ({ charging, vin }) => (charging.on && vin.type === 'known' ? vin.text : ''),
  ),
  lastVehicleVIN: documented(words, 'VIN of the car before; empty when not known', ({ lastVin }) => lastVin ?? ''),
  power: documented(
    amps,
    'Amperes, despite its name: the same as `ampsInUse`. For watts see `chargerLoadInW`',
    actualAmps,
  ),
  state: documented(
    { type: 'integer code' },
    'State of the charger, see the table of states',
    ({ heartbeat }) => heartbeat?.state,
  ),
};

export const chargerTopics: Rows<Charger> = {
  status: choice(statuses, 'Status', 'What the charger does, in a word', status, {
    icon: 'mdi:ev-station',
    attributes: { topic: 'stateText', template: "{{ {'description': value} | tojson }}" },
  }),
  stateText: {
    ...plain(
      'text',
      'What `state` means, see the table of states',
      ({ heartbeat }) => heartbeat && stateText(heartbeat.state),
    ),
    lasting: ({ heartbeat }) => heartbeat === undefined || stateShowsLasting(heartbeat.state),
  },
  chargeStatus: alsoAs(
    choice(
      chargeStatuses,
      'Charge status',
      '`A` no car, `B` a car that does not charge, `C` charging, `E` error, `F` not heard: the letters of IEC 61851. `A` and `B` are a guess where the charger does not tell, see `plug`',
      ({ id }, { chargeStatuses }) => chargeStatuses.get(id),
      diagnostic,
    ),
    {
      component: 'binary_sensor',
      name: 'Charging',
      ...namedByClass,
      deviceClass: 'battery_charging',
      payloads: { on: 'on', off: 'off' },
      template: "{{ 'on' if value == 'C' else 'off' }}",
    },
    {
      component: 'binary_sensor',
      name: 'Vehicle connected',
      deviceClass: 'plug',
      payloads: { on: 'on', off: 'off' },
      template: "{{ {'A': 'off', 'B': 'on', 'C': 'on'}.get(value, 'None') }}",
    },
  ),
  ...loadTopics,
  current: sensor(
    amps,
    'Current',
    'The same as `ampsInUse`, but told at once where a car begins or ends to charge, or takes 2 A more or less',
    actualAmps,
    namedByClass,
  ),
  limit: number(
    wholeAmps,
    'Current limit',
    'The limit that was set for this charger; change it with `set/limit`. 0 after a limit of 0',
    limit,
    setLimit,
    { template: "{{ value if value | int(0) > 0 else 'None' }}" },
  ),
  charging: toggle(
    'Whether a car may be charged; change it with `set/charging`',
    ({ id }, { setPoints }) => setPoints.chargers[id]?.charging !== false,
    setCharging,
    {
      Charge: { icon: 'mdi:ev-station', when: canStop },
      'Full current': { icon: 'mdi:speedometer', when: (charger, abilities) => not(canStop(charger, abilities)) },
    },
  ),
  ...sessionTopics,
  ...documentedTopics,
  reportedLimit: sensor(
    wholeAmps,
    'Reported limit',
    'The same as `ampsMax`, told at once',
    ({ heartbeat }) => heartbeat?.limitAmps,
    diagnostic,
  ),
  ampsOffered: sensor(
    wholeAmps,
    'Offered current',
    'The limit last sent to the charger',
    ({ offer }) => offer?.amps,
    diagnostic,
  ),
  ampsRated: sensor(wholeAmps, 'Hardware limit', "The hardware's maximum", ({ ratedAmps }) => ratedAmps, diagnostic),
  ...otherDocumentedTopics,
  ...phaseTopics,
  serialNumber: plain('text', 'Serial number of the charger', ({ serialNumber }) => serialNumber),
  firmware: plain('text', "The charger's firmware, for example `4.5.3.2`", ({ firmware }) => firmware),
  lastHeard: sensor(
    time,
    'Last heard',
    'When the charger was last heard, to the minute',
    ({ heardAt }, { minuteOf }) => heardAt && minuteOf(heardAt),
    rare,
  ),
  availability: ranked(
    2,
    plain(
      '`online` or `offline`',
      'Whether the charger is heard; offline after 26 s of silence, and when the bridge ends',
      ({ online }) => (online ? 'online' : 'offline'),
    ),
  ),
};

/** The short word for what a charger does; undefined while it shows what says nothing lasting. */
function status(charger: Charger, { chargeStatuses }: Overview): Status | undefined {
  const { heartbeat } = charger;
  if (isCharging(charger) && !isState(heartbeat, 'error')) return 'Charging';
  if (!heartbeat) return withoutState[chargeStatuses.get(charger.id) ?? 'F'];
  // A unit without a car may echo what it was told (09).
  const word = showsNoCar(heartbeat) ? 'Ready' : stateStatus(heartbeat.state);
  // It is ready too while a car sleeps, and says that it charges before the car takes anything and for seconds after that.
  const isThere = word === 'Ready' && plug(charger) === 'plugged';
  return isThere || word === 'Charging' ? 'Connected' : word;
}

/** What is shown of a unit that tells no state: of a genuine master, and of one that is heard but does not answer. */
const withoutState: Readonly<Partial<Record<ChargeStatus, Status>>> = { A: 'Ready', B: 'Connected' };

function limit(charger: Charger, { setPoints, limits }: Overview): number {
  const { min, max } = chargerRange(charger, limits);
  const { limit = max } = setPoints.chargers[charger.id] ?? {};
  return limit === 0 ? 0 : Math.min(max, Math.max(min, limit));
}

/** Whether the switch stops the car; undefined while that is not known. A version 2 unit only obeys its relay. */
function canStop({ version }: Charger, { relay }: Abilities): boolean | undefined {
  return version === undefined ? undefined : version === 1 || relay;
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}
