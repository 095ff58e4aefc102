// The rows of the topic table of a charger that tell of the car that is plugged in, and of charging sessions.

import type { Charger } from '../charger/charger.ts';
import { plug } from '../charger/plug.ts';
import { binarySensor, diagnostic, kWh, seconds, sensor, time } from './kinds.ts';
import type { Rows } from './row.ts';

export const sessionTopics: Rows<Charger> = {
  plug: binarySensor(
    { on: 'plugged', off: 'unplugged' },
    'Whether a car is plugged in. `unplugged` only with `interface.askPlugState`: `Ready` does not tell',
    plug,
    {
      key: 'plug',
      deviceClass: 'plug',
      template: "{{ value if value in ['plugged', 'unplugged'] else 'None' }}",
    },
    '`plugged`, `unplugged` or `unknown`',
  ),
  sessionEnergy: sensor(
    kWh,
    'Session energy',
    'Energy of the charging session; stays after its end and is 0 when the next one begins',
    ({ id }, { sessions }) => sessions.get(id)?.kWh,
    { key: 'session_energy' },
  ),
  sessionStart: sensor(
    time,
    'Session start',
    'When the session began: the car was plugged in, or began to charge where that is all that is known',
    ({ id }, { sessions }) => sessions.get(id)?.start,
    { key: 'session_start' },
  ),
  sessionSeconds: sensor(
    seconds,
    'Session duration',
    'How long the session lasts, in whole minutes until it is over',
    ({ id }, { sessions }) => sessions.get(id)?.seconds,
    { key: 'session_duration' },
  ),
  lastSession: sensor(
    { type: 'JSON', shown: { deviceClass: 'timestamp' } },
    'Last session',
    'The last session in which a car charged: `charger`, `start`, `end`, `seconds`, `kWh`, `energyFrom` (`meter`, `power` or `none`), `peakAmps`, `vin`',
    ({ id }, { sessions }) => sessions.get(id)?.last,
    { ...diagnostic, key: 'last_session', template: '{{ value_json.end }}', jsonAttributes: true },
  ),
};
