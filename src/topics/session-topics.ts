// The rows of the topic table of a charger that tell of the car that is plugged in, and of charging sessions.

import { plug } from '../charger/plug.ts';
import { type ChargerTopic, decimals, rounded, whole } from './row.ts';

export const sessionTopics: Readonly<Record<string, ChargerTopic>> = {
  plug: {
    type: '`plugged`, `unplugged` or `unknown`',
    meaning: 'Whether a car is plugged in. `unplugged` only with `interface.askPlugState`: `Ready` does not tell',
    value: plug,
    entities: [
      {
        component: 'binary_sensor',
        key: 'plug',
        deviceClass: 'plug',
        payloads: { on: 'plugged', off: 'unplugged' },
        template: "{{ value if value in ['plugged', 'unplugged'] else 'None' }}",
      },
    ],
  },
  sessionEnergy: {
    type: 'float, kWh',
    meaning: 'Energy of the charging session; stays after its end and is 0 when the next one begins',
    value: ({ id }, { sessions }) => decimals(sessions.get(id)?.kWh),
    entities: [
      {
        component: 'sensor',
        key: 'session_energy',
        name: 'Session energy',
        deviceClass: 'energy',
        stateClass: 'total_increasing',
        unit: 'kWh',
        precision: 2,
      },
    ],
  },
  sessionStart: {
    type: 'ISO time',
    meaning: 'When the session began: the car was plugged in, or began to charge where that is all that is known',
    value: ({ id }, { sessions }) => sessions.get(id)?.start,
    entities: [{ component: 'sensor', key: 'session_start', name: 'Session start', deviceClass: 'timestamp' }],
  },
  sessionSeconds: {
    type: `${whole}, s`,
    meaning: 'How long the session lasts, in whole minutes until it is over',
    value: ({ id }, { sessions }) => rounded(sessions.get(id)?.seconds),
    entities: [
      {
        component: 'sensor',
        key: 'session_duration',
        name: 'Session duration',
        deviceClass: 'duration',
        unit: 's',
        precision: 0,
      },
    ],
  },
  lastSession: {
    type: 'JSON',
    meaning:
      'The last session in which a car charged: `charger`, `start`, `end`, `seconds`, `kWh`, `energyFrom` (`meter`, `power` or `none`), `peakAmps`, `vin`',
    value({ id }, { sessions }) {
      const last = sessions.get(id)?.last;
      return last && JSON.stringify(last);
    },
    entities: [
      {
        component: 'sensor',
        key: 'last_session',
        name: 'Last session',
        deviceClass: 'timestamp',
        category: 'diagnostic',
        template: '{{ value_json.end }}',
        jsonAttributes: true,
      },
    ],
  },
};
