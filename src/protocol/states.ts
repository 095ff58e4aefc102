// What the state codes of a slave heartbeat mean (protocol 3.4), in one table for topics, discovery and README.

interface StateRow {
  readonly text: string;
  readonly meaning: string;
}

export const states: Readonly<Record<number, StateRow>> = {
  0: { text: 'Ready', meaning: 'Nothing is plugged in, or the car sleeps or is full: the charger can not tell which.' },
  1: { text: 'Plugged in and charging', meaning: 'The car is charging.' },
  2: { text: 'Error', meaning: 'The charger is in error, for example after its master was lost.' },
  3: {
    text: 'Plugged in, do not charge',
    meaning: 'The car was stopped by its owner or is full, or it lost its master while charging.',
  },
  4: {
    text: 'Plugged in, ready to charge or charge scheduled',
    meaning: 'The car could charge, or waits for its schedule.',
  },
  5: { text: 'Busy', meaning: 'Shown for about a second between other states.' },
  6: { text: 'Raising current', meaning: 'Asked to raise by 2 A (version 2 only).' },
  7: { text: 'Lowering current', meaning: 'Asked to lower by 2 A (version 2 only).' },
  8: { text: 'Starting to charge', meaning: 'Starting, or waiting for the car or for a limit.' },
  9: { text: 'Limiting current', meaning: 'A new limit was accepted and settles for about 10 s (version 2 only).' },
  10: { text: 'Amp adjustment period complete', meaning: 'The end of raising or lowering.' },
  15: { text: 'Unknown', meaning: 'Seen once by others; nobody knows what it means.' },
};

/** The text of a state code; a code that nobody has described is shown with its number. */
export function stateText(code: number): string {
  return states[code]?.text ?? `Unknown (code ${code})`;
}
