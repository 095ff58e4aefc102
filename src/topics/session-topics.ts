// The rows of the topic table of a charger that tell of the car that is plugged in, and of charging sessions.

import { type Charger, isCharging } from '../charger/charger.ts';
import { plug } from '../charger/plug.ts';
import { diagnostic, kWh, plain, rare, seconds, sensor, time, words } from './kinds.ts';
import type { Overview, Rows } from './row.ts';

/** What evcc and others identify a car by: they ignore an empty payload. */
const UNKNOWN = 'unknown';
const known = { template: "{{ value if value != 'unknown' else 'None' }}" } as const;

export const sessionTopics: Rows<Charger> = {
  plug: plain(
    '`plugged`, `unplugged` or `unknown`',
    'Whether a car is plugged in, where the charger tells. `unplugged` only with `interface.askPlugState`: `Ready` does not tell',
    plug,
  ),
  vehicle: sensor(
    words,
    'Vehicle',
    'The car that is charging now: its name in `vehicles`, else its VIN; `unknown` when there is none or it is not known',
    (charger, overview) =>
      isCharging(charger) && charger.vin.type === 'known' ? nameOf(charger.vin.text, overview) : UNKNOWN,
    { ...known, icon: 'mdi:car-electric' },
  ),
  lastVehicle: sensor(
    words,
    'Last vehicle',
    'The car before: its name in `vehicles`, else its VIN, else `unknown`',
    ({ lastVin }, overview) => (lastVin === undefined ? UNKNOWN : nameOf(lastVin, overview)),
    { ...rare, ...known, icon: 'mdi:car-clock' },
  ),
  sessionEnergy: sensor(
    kWh,
    'Session energy',
    'Energy of the charging session; stays after its end and is 0 when the next one begins',
    ({ id }, { sessions }) => sessions.get(id)?.kWh,
  ),
  sessionStart: sensor(
    time,
    'Session start',
    'When the session began: the car was plugged in, or began to charge where that is all that is known',
    ({ id }, { sessions }) => sessions.get(id)?.start,
  ),
  sessionSeconds: sensor(
    seconds,
    'Session duration',
    'How long the session lasts, in whole minutes until it is over',
    ({ id }, { sessions }) => sessions.get(id)?.seconds,
    { unit: 'min', template: '{{ (value | int(0)) // 60 }}' },
  ),
  lastSession: sensor(
    { pace: 'discrete', type: 'JSON', shown: { deviceClass: 'timestamp' } },
    'Last session',
    'The last session in which a car charged: `charger`, `start`, `end`, `seconds`, `kWh`, `energyFrom` (`meter`, `power`, `assumed` or `none`), `peakAmps`, `vin`',
    ({ id }, { sessions }) => sessions.get(id)?.last,
    { ...diagnostic, template: '{{ value_json.end }}', attributes: { template: '{{ value }}' } },
  ),
};

function nameOf(vin: string, { vehicles }: Overview): string {
  return vehicles.get(vin) ?? vin;
}
