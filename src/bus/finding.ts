// Something that a person should know of the bus.

export interface Finding {
  /** A hint is worth knowing and does no harm. */
  readonly level: 'problem' | 'hint';
  readonly text: string;
  /** What to do; empty where the text says it. */
  readonly advice: string;
}

/** The text with what to do. */
export function describeFinding({ text, advice }: Pick<Finding, 'text' | 'advice'>): string {
  return advice === '' ? text : `${text}: ${advice}`;
}

export function problems(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ level }) => level === 'problem');
}
