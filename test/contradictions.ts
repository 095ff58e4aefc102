// What the topics of a charger may not say at the same time, whatever goes on in the house.

import type { World } from './world.ts';

/** A unit that settles on a new limit shows for about 10 s what says nothing else. */
const PASSES_WITHIN = 12_000;
const withCar = ['Connected', 'Starting', 'Charging', 'Stopped'];

export class Contradictions {
  readonly #world: World;
  /** Since when the topics of a charger have contradicted each other like this. */
  readonly #since = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** What the topics of a charger have said against each other for too long by now. */
  of(name: string): readonly string[] {
    const [status = '', plug = '', letter = ''] = ['status', 'plug', 'chargeStatus'].map((topic) =>
      this.#world.value(`TWC/${name}/${topic}`),
    );
    const all: Readonly<Record<string, boolean>> = {
      'a car is plugged in, and there is none': plug === 'plugged' && (status === 'Ready' || letter === 'A'),
      'no car is plugged in, and there is one':
        plug === 'unplugged' && (withCar.includes(status) || /[BC]/.test(letter)),
      'it charges, and it does not': /[ABC]/.test(letter) && (status === 'Charging') !== (letter === 'C'),
    };
    const now = this.#world.now();
    return Object.entries(all).flatMap(([what, isSo]) => {
      const key = `${name}: ${what}`;
      if (!isSo) this.#since.delete(key);
      else if (!this.#since.has(key)) this.#since.set(key, now);
      const lasts = now - (this.#since.get(key) ?? now) >= PASSES_WITHIN;
      return lasts ? [`${key} (status ${status}, plug ${plug}, chargeStatus ${letter})`] : [];
    });
  }
}
