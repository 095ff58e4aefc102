// Limits that go back and forth.

import { heartbeats, type World } from './world.ts';

const WITHIN = 20_000;

/** Where a charger's limit went up and down, or down and up, within a short while. `since`: from when nothing happened. */
export function turns(world: World, name: string, since: number): string[] {
  const told = heartbeats(world, name).flatMap(({ at, message }) =>
    message.name === 'masterHeartbeatLimit' && at > since ? [{ at, amps: message.limitAmps }] : [],
  );
  const changes = told.filter(({ amps }, i) => amps !== told[i - 1]?.amps);
  return changes.flatMap(({ at, amps }, i) => {
    const [first, second] = [changes[i - 2], changes[i - 1]];
    if (!first || !second || at - second.at >= WITHIN) return [];
    const goesOn = Math.sign(second.amps - first.amps) === Math.sign(amps - second.amps);
    return goesOn ? [] : [`${at / 1_000} s: ${name} ${first.amps}, ${second.amps}, ${amps} A`];
  });
}
