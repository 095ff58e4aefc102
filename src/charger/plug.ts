// Whether a car is plugged in, as far as anybody can know (protocol 3.7, 4.8).

import { plugStateShowsCar, stateShowsCar } from '../protocol/states.ts';
import type { Charger } from './charger.ts';

export type Plug = 'plugged' | 'unplugged' | 'unknown';

/** Asked every 10 s; an older answer is no news. */
const ANSWER_HOLDS = 35_000;

/**
 * A current is a car. Else what the unit answered is the truth. Else a limit that it accepted, or a state that only comes
 * with a car. `Ready` may be an empty plug or a sleeping car, so that is unknown, as is everything of a unit that is offline.
 */
export function plug({ online, charging, heartbeat, plugAnswer, heardAt = Number.NEGATIVE_INFINITY }: Charger): Plug {
  if (!online) return 'unknown';
  if (charging.on) return 'plugged';
  const answer = plugAnswer && heardAt - plugAnswer.at < ANSWER_HOLDS ? plugStateShowsCar(plugAnswer.state) : undefined;
  if (answer !== undefined) return answer ? 'plugged' : 'unplugged';
  return heartbeat && showsCar(heartbeat) ? 'plugged' : 'unknown';
}

function showsCar({ state, limitAmps }: NonNullable<Charger['heartbeat']>): boolean {
  return limitAmps > 0 || stateShowsCar(state);
}
