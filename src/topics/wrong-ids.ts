// Ids in the configuration that no charger has, although one is heard whose id looks like it. A unit that is only away is fine.

import { describeFinding, type Finding } from '../bus/finding.ts';
import type { Charger } from '../charger/charger.ts';
import type { AllChargerSettings } from '../charger/charger-settings.ts';
import type { TwcId } from '../protocol/field.ts';

const nothing: readonly Finding[] = [];
/** Places in which two ids may differ that are meant to be the same: a slip, or two digits in the wrong order. */
const MOST_SLIPS = 2;
/** All chargers that are there were heard by then. */
const AFTER = 60_000;

export class WrongIds {
  readonly #ids: readonly TwcId[];
  readonly #log: (text: string) => void;
  #findings = nothing;

  constructor(settings: AllChargerSettings, log: (text: string) => void) {
    this.#ids = [...settings.keys()];
    this.#log = log;
  }

  /** A hint for each; the same list as long as it is the same. */
  findings(chargers: readonly Charger[], now: number): readonly Finding[] {
    if (this.#ids.length === 0) return nothing;
    const all = chargers.filter(({ heardAt }) => heardAt !== undefined);
    const heard = all.map(({ id }) => id);
    const strangers = all
      .filter(({ id, since }) => now - since >= AFTER && !this.#ids.includes(id))
      .map(({ id }) => id);
    const found = this.#ids.filter((id) => !heard.includes(id)).flatMap((id) => describeSlip(id, strangers));
    if (found.join() !== this.#findings.map(({ text }) => text).join()) {
      this.#findings = found.map((text) => ({ level: 'hint', text, advice }));
      for (const finding of this.#findings) this.#log(describeFinding(finding));
    }
    return this.#findings;
  }
}

const advice = 'is the id mistyped? What is said of it counts for no charger now';

function describeSlip(id: TwcId, strangers: readonly TwcId[]): string[] {
  const [nearest] = strangers
    .map((other) => ({ other, slips: [...id].filter((digit, place) => digit !== other[place]).length }))
    .filter(({ slips }) => slips <= MOST_SLIPS)
    .sort((a, b) => a.slips - b.slips);
  return nearest ? [`No charger has the id ${id} of the configuration, but ${nearest.other} is heard`] : [];
}
