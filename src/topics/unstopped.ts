// Chargers that are switched off and charge on: a version 2 unit only obeys its relay, and without it takes 6 A at the least.

import type { Finding } from '../bus/finding.ts';
import type { Charger } from '../charger/charger.ts';
import type { Targets } from '../control/targets.ts';

const nothing: readonly Finding[] = [];

export class Unstopped {
  readonly #looks: boolean;
  #findings = nothing;

  /** `looks`: false where chargers can be stopped, or are none of ours. */
  constructor(looks: boolean) {
    this.#looks = looks;
  }

  /** A hint for each; the same list as long as it is the same. */
  findings(chargers: readonly Charger[], targets: Targets): readonly Finding[] {
    if (!this.#looks) return nothing;
    const found = chargers.filter((charger) => isUnstopped(charger, targets)).map(({ id }) => textOf(id));
    if (found.join() !== this.#findings.map(({ text }) => text).join()) {
      this.#findings = found.map((text) => ({ level: 'hint', text, advice }));
    }
    return this.#findings;
  }
}

const advice =
  'a version 2 unit cannot be stopped over the bus: stop the car, or allow control.relay (see Safety in the README)';

function textOf(id: string): string {
  return `${id} is switched off, but its car charges on with 6 A`;
}

function isUnstopped({ id, version, charging }: Charger, targets: Targets): boolean {
  return version !== 1 && charging.on && !targets.of(id).enabled;
}
