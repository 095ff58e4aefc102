// What is wrong with the units on the bus: too many of them, two masters, and what a charger does that it should not.

import type { Charger } from '../charger/charger.ts';
import { confirmed } from '../charger/fleet.ts';
import { excessDraws, sharingProblems, unansweringChargers, waitingChargers } from '../control/sharing-problems.ts';
import { isState } from '../protocol/states.ts';
import { each, type FindingInput, type FindingRows, MINUTE, one } from './finding-row.ts';

/** The manual's number; when we listen a genuine master is one more. */
export const MOST_SLAVES = 3;
const HOUR = 60 * MINUTE;
/** A unit that is there answers within this time. */
const ANSWERS_WITHIN = 10_000;

export const unitFindings: FindingRows = {
  otherMaster: {
    when: ({ mode, observations: { master } }) =>
      one(mode === 'master' && master && `Another master speaks on the bus (${master})`),
    advice: 'set its rotary switch to F, or stop the other program. Nothing is sent now',
  },
  noMaster: {
    after: 30_000,
    when: (input) =>
      one(input.mode === 'listen' && input.recent.frames > 0 && !input.observations.master && 'No master is heard'),
    advice: 'without a master no charger charges a car. If there is no genuine master, set interface.mode to master',
  },
  idConflict: {
    when: ({ observations: { idConflict: namesake } }) => one(namesake && `A charger has our id ${namesake}`),
    advice: 'it is asked to choose another; if that does not help, set interface.id',
  },
  foreignSlave: {
    after: 5_000,
    stays: 10_000,
    when: ({ mode, observations: { foreignSlave: stray, master } }) =>
      one(mode === 'master' && !master && stray && `${stray.slave} answers to another master (${stray.to})`),
    advice: 'another master or program is on the bus: stop it',
  },
  tooMany: {
    varies: true,
    when: ({ refused }) =>
      one(refused.length > 0 && `More than ${MOST_SLAVES} chargers on the bus, refused: ${refused.join(', ')}`),
    advice: '',
  },
  noAnswer: {
    after: ANSWERS_WITHIN,
    when: (input) =>
      each(input, (charger) => isUnanswering(charger) && input.speaks && !input.observations.master).map(
        ({ id }) => `${id} is heard but does not answer`,
      ),
    advice:
      'what is sent does not arrive: the adapter must send too (automatic direction), and both wires must be connected',
  },
  error: {
    after: 30_000,
    when: (input) =>
      each(input, ({ online, heartbeat }) => online && isState(heartbeat, 'error')).map(
        ({ id }) => `${id} reports an error`,
      ),
    advice:
      'count the blinks of its red light: 3 wrong position of the rotary switch, 4 no master or two of them, 5 more than three slaves, 6 different hardware maximum',
  },
  outOfService: {
    when: ({ observations: { outOfService } }) =>
      outOfService.map(({ slave, errors }) => `The master took ${slave} out of service: ${errorWords(errors)}`),
    advice: 'put that right, then reset the charger: hold its red button for 6 s',
  },
  lostByMaster: {
    after: 10_000,
    when: (seen) => (seen.mode === 'listen' && seen.observations.master ? lostChargers(seen) : []),
    advice: 'its master has lost it. Does it have power? Check cable and termination, and reset it if its light is red',
  },
  noLongerAnswers: {
    when: (seen) => (seen.speaks && !seen.observations.master ? unansweringChargers(seen.fleet, seen.now) : []),
    advice:
      'it gets no more heartbeats, so that it stops its car by itself, and its amps are kept until it has. Does it have power? Check cable and termination: it may hear us although we do not hear it',
  },
  sharing: {
    when: (seen) => (seen.speaks ? sharingProblems(seen, seen.now) : []),
    advice: '',
  },
  waits: {
    level: 'hint',
    after: 30_000,
    when: (seen) => (seen.speaks ? waitingChargers(seen, seen.now) : []),
    advice:
      'it gets amps when another car is done or may not charge, and they take turns every 15 minutes where all can be stopped',
  },
  excess: {
    level: 'hint',
    after: MINUTE,
    stays: MINUTE,
    varies: true,
    when: (seen) => (seen.speaks ? excessDraws(seen.fleet) : []),
    advice:
      'it is offered less by that much. If its meter is known to be wrong, set calibration for this charger: the factor from what it reports to what is true',
  },
  counterChanged: {
    level: 'hint',
    stays: 10 * MINUTE,
    when: ({ fleet, now }) =>
      confirmed(fleet).flatMap(({ id, energy: { replaced } }) =>
        replaced && now - replaced.at < HOUR
          ? [`The energy counter of ${id} changed from ${replaced.from} to ${replaced.to}`]
          : [],
      ),
    advice: 'energy goes on from where it was. Was the unit replaced, or did it begin to count anew?',
  },
  relayIgnored: {
    when: ({ observations: { relaysIgnored } }) => relaysIgnored.map((id) => `${id} does not open its relay`),
    advice: 'its car draws on after three requests. Its firmware does not know them: set control.relay to false',
  },
  relay: {
    when: ({ observations: { relaysLeftOpen } }) => relaysLeftOpen.map((id) => `${id}: its relay was opened by us`),
    advice: 'set control.relay to true to have it closed, or reset the charger',
  },
};

/** What a master tells a unit is wrong: the lowest of these bits counts, others mean nothing (protocol 3.3). */
const errorBits = [
  'a rotary switch is in the wrong position',
  'there are more than three slaves',
  'the units have different maximum currents',
];

function errorWords(errors: number): string {
  return errorBits.find((_, bit) => errors & (1 << bit)) ?? `error ${errors}`;
}

function isUnanswering({ online, heartbeat, givenUp }: Charger): boolean {
  return online && !heartbeat && !givenUp;
}

/** Units that are silent, but for those whose master told them to be. */
function lostChargers({ fleet, now, observations: { outOfService } }: FindingInput): string[] {
  const silenced = new Set<string>(outOfService.map(({ slave }) => slave));
  return unansweringChargers(new Map([...fleet].filter(([id]) => !silenced.has(id))), now);
}
