// What the codes in a slave's answers mean: one row a state of a heartbeat (protocol 3.4), one row an answer to the question
// whether a car is plugged in (protocol 3.7). Code elsewhere names a state, never its number.

interface StateRow {
  readonly code: number;
  readonly text: string;
  readonly meaning: string;
  /** Whether a unit shows this state only while a car is plugged in. */
  readonly car: boolean;
  /** In a word; none for those that a unit shows for seconds between others, or whose meaning is not known. */
  readonly status?: Status;
}

/** What an owner is shown of a charger. */
export const statuses = ['Ready', 'Connected', 'Starting', 'Charging', 'Stopped', 'Error'] as const;
export type Status = (typeof statuses)[number];

export const states = {
  ready: {
    code: 0,
    text: 'Ready',
    meaning: 'Nothing is plugged in, or the car sleeps or is full: the charger cannot tell which.',
    car: false,
    status: 'Ready',
  },
  charging: {
    code: 1,
    text: 'Plugged in and charging',
    meaning: 'The car is charging.',
    car: true,
    status: 'Charging',
  },
  error: {
    code: 2,
    text: 'Error',
    meaning: 'The charger is in error, for example after its master was lost.',
    car: false,
    status: 'Error',
  },
  doNotCharge: {
    code: 3,
    text: 'Plugged in, do not charge',
    meaning: 'The car was stopped by its owner or is full, or it lost its master while charging.',
    car: true,
    status: 'Stopped',
  },
  readyToCharge: {
    code: 4,
    text: 'Plugged in, ready to charge or charge scheduled',
    meaning: 'The car could charge, or waits for its schedule.',
    car: true,
    status: 'Connected',
  },
  busy: { code: 5, text: 'Busy', meaning: 'Shown for about a second between other states.', car: true },
  raising: { code: 6, text: 'Raising current', meaning: 'Asked to raise by 2 A (version 2 only).', car: true },
  lowering: { code: 7, text: 'Lowering current', meaning: 'Asked to lower by 2 A (version 2 only).', car: true },
  starting: {
    code: 8,
    text: 'Starting to charge',
    meaning: 'Starting, or waiting for the car or for a limit.',
    car: true,
    status: 'Starting',
  },
  limiting: {
    code: 9,
    text: 'Limiting current',
    meaning: 'A new limit was accepted and settles for about 10 s (version 2 only).',
    car: true,
  },
  adjusted: {
    code: 10,
    text: 'Amp adjustment period complete',
    meaning: 'The end of raising or lowering.',
    car: true,
  },
  unknown: { code: 15, text: 'Unknown', meaning: 'Seen once by others; its meaning is not known.', car: false },
} as const satisfies Record<string, StateRow>;

export type StateName = keyof typeof states;

const byCode: ReadonlyMap<number, StateRow> = new Map(Object.values(states).map((row) => [row.code, row]));

/** Whether a heartbeat reports one of these states; false while there is no heartbeat. */
export function isState(heartbeat: { readonly state: number } | undefined, ...names: readonly StateName[]): boolean {
  return heartbeat !== undefined && names.some((name) => states[name].code === heartbeat.state);
}

/** The text of a state code; a code that is not in the table is shown with its number. */
export function stateText(code: number): string {
  return byCode.get(code)?.text ?? `Unknown (code ${code})`;
}

/** False for a state that a unit shows for seconds, most often because it was given another limit. */
export function stateShowsLasting(code: number): boolean {
  return !isState({ state: code }, 'raising', 'lowering', 'limiting');
}

/** The short word for a state; undefined for one that says nothing lasting. */
export function stateStatus(code: number): Status | undefined {
  return byCode.get(code)?.status;
}

/** Whether a state is only seen while a car is plugged in. */
export function stateShowsCar(code: number): boolean {
  return byCode.get(code)?.car ?? false;
}

/** What units answer when they are asked whether a car is plugged in. `car` undefined: the unit does not know. */
export const plugStates = {
  unplugged: { code: 0, car: false },
  charging: { code: 1, car: true },
  unknown: { code: 2, car: undefined },
  plugged: { code: 3, car: true },
} as const;

/** Whether this answer means a car; undefined when the unit does not know or the code is not in the table. */
export function plugStateShowsCar(code: number): boolean | undefined {
  return Object.values(plugStates).find((row) => row.code === code)?.car;
}
