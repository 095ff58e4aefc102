// A time as an owner writes it, with or without summer time around it.

import { DateTime } from 'luxon';

/**
 * Epoch milliseconds of a date or a time in a zone (IANA, or `system`); undefined for what is none. A date is the beginning of
 * that day, or as `to` its end. A time that comes twice is the first one, or as `to` the second, so that nothing between is
 * left out; one that does not exist is the moment at which it was left out. A time with its offset is just that.
 */
export function parseTime(text: string, edge: 'from' | 'to', zone: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return undefined;
  const iso = text.replace(' ', 'T');
  const time = DateTime.fromISO(iso, { zone });
  if (!time.isValid) return undefined;
  if (iso.length === 'yyyy-mm-dd'.length) {
    return (edge === 'from' ? time.startOf('day') : time.plus({ days: 1 }).startOf('day')).toMillis();
  }
  if (/(Z|[+-]\d\d:\d\d)$/.test(iso)) return time.toMillis();
  if (!time.toISO({ includeOffset: false })?.startsWith(iso)) return afterGap(time);
  const possible = time.getPossibleOffsets().map((one) => one.toMillis());
  return edge === 'from' ? Math.min(...possible) : Math.max(...possible);
}

/** When the clock was set forward, given a time less than that after it. */
function afterGap(time: DateTime): number {
  let moment = time.startOf('minute');
  for (let before = moment; before.offset === time.offset; before = before.minus({ minutes: 1 })) moment = before;
  return moment.toMillis();
}
