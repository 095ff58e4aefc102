// Whether a car is plugged in, as far as that can be known (protocol 3.7, 4.8).

import { isState, plugStateShowsCar, plugStates, stateShowsCar } from '../protocol/states.ts';
import { CHARGING_FROM, type Charger, type Heartbeat, isCharging, type PlugEvidence } from './charger.ts';

export type Plug = 'plugged' | 'unplugged' | 'unknown';

/** Asked every 10 s; an older answer is no news. */
const ANSWER_HOLDS = 35_000;
/** A car of which nothing has been seen for this long has left. */
const LEFT_AFTER = 12 * 3_600_000;

/**
 * A current is a car. Else what the unit answered is the truth. Else a limit that it accepted, or a state that only comes
 * with a car. `Ready` may be an empty plug or a sleeping car, so that is unknown, as is everything of a unit that is offline.
 */
export function plug(charger: Charger): Plug {
  const { online, heartbeat, plugged, heardAt = Number.NEGATIVE_INFINITY } = charger;
  if (!online) return 'unknown';
  if (isCharging(charger)) return 'plugged';
  const { answer } = plugged;
  const car = answer && heardAt - answer.at < ANSWER_HOLDS ? plugStateShowsCar(answer.state) : undefined;
  if (car !== undefined) return car ? 'plugged' : 'unplugged';
  return heartbeat && showsCar(heartbeat) ? 'plugged' : 'unknown';
}

/** A heartbeat as a unit without a car sends it; a car that sleeps looks the same. Some units echo the command (09). */
export function showsNoCar(heartbeat: Heartbeat): boolean {
  return heartbeat.limitAmps === 0 && isState(heartbeat, 'ready', 'limiting');
}

/** A car was seen, and nothing since tells that it has left: it may sleep. */
export function hasSeenCar({ plugged: { carAt } }: Charger, now: number): boolean {
  return carAt !== undefined && now - carAt < LEFT_AFTER;
}

/** The evidence after a heartbeat. */
export function withHeartbeat(evidence: PlugEvidence, heartbeat: Heartbeat): PlugEvidence {
  const car = showsCar(heartbeat) || heartbeat.actualAmps >= CHARGING_FROM;
  return car ? { ...evidence, carAt: heartbeat.at } : evidence;
}

/** The evidence after an answer to the question whether a car is plugged in. */
export function withAnswer(evidence: PlugEvidence, state: number, now: number): PlugEvidence {
  const car = plugStateShowsCar(state);
  const carAt = car === undefined ? evidence.carAt : car ? now : undefined;
  return { ...evidence, answer: { state, at: now }, carAt };
}

/** The evidence after a genuine master said of itself whether a car is plugged in (protocol 3.3). */
export function withMasterFlag(evidence: PlugEvidence, pluggedIn: boolean, now: number): PlugEvidence {
  return withAnswer(evidence, plugStates[pluggedIn ? 'plugged' : 'unplugged'].code, now);
}

/** The evidence after an answer to the question for the first part of a VIN. A car that sleeps may tell none. */
export function withVinAnswer(evidence: PlugEvidence, vin: string, now: number): PlugEvidence {
  return vin === '' ? evidence : { ...evidence, carAt: now };
}

function showsCar(heartbeat: Heartbeat): boolean {
  if (showsNoCar(heartbeat)) return false;
  return heartbeat.limitAmps > 0 || stateShowsCar(heartbeat.state);
}
