// Numbers, durations and times as a person reads them. Times are those of the browser, in its zone and language.

export function formatAmps(amps: number): string {
  return `${amps.toFixed(1)} A`;
}

export function formatPower(watts: number): string {
  return watts < 1_000 ? `${Math.round(watts)} W` : `${(watts / 1_000).toFixed(1)} kW`;
}

export function formatEnergy(kWh: number): string {
  return `${kWh.toFixed(kWh < 100 ? 2 : 1)} kWh`;
}

/** The length of a bar. Half a percent is not seen, and browsers keep every style that was ever set for a while. */
export function percent(part: number, of: number): number {
  return Math.round((200 * part) / of) / 2;
}

/** `12 min`, `3 h 05 min`, `2 d 4 h`. */
export function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The same where there is little room: `12 min`, `3:05 h`. */
export function formatHours(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
}

/** The time of day. `at`: Unix ms. */
export function formatClock(at: number, withSeconds = false): string {
  const seconds = withSeconds ? ({ second: '2-digit' } as const) : {};
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', ...seconds });
}

/** Today only the time of day, else with the day. */
export function formatTime(at: number, now = Date.now()): string {
  const [day, today] = [new Date(at), new Date(now)];
  if (day.toDateString() === today.toDateString()) return formatClock(at);
  const year = day.getFullYear() === today.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return `${day.toLocaleDateString([], { day: 'numeric', month: 'short', ...year })}, ${formatClock(at)}`;
}

/** `2026-05` as `May 2026`. */
export function formatMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(year, number - 1).toLocaleDateString([], { month: 'short', year: 'numeric' });
}

export function formatCost(
  kWh: number,
  { perKWh, currency }: { readonly perKWh: number; readonly currency: string },
): string {
  return `${(kWh * perKWh).toFixed(2)} ${currency}`.trim();
}

/** `1 session`, `2 sessions`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
