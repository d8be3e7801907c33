/** `JST-9`, `<+0530>-5:30`: a name, and how far west of Greenwich. */
const POSIX = /^(?:[A-Za-z]{3,}|<[^>]+>)([+-]?)(\d{1,2})(?::(\d\d))?$/;
const MINUTE = 60_000;

/**
 * The moment at which clocks of a zone show a time.
 * @param shown that time, as if it were UTC, in milliseconds
 * @param zone a value of the variable TZ; for an unknown one, or none, the zone of this process
 */
export function atLocalTime(shown: number, zone: string): number {
  const offset = offsetIn(zone.replace(/^:/, ''));
  // Where the clocks are set in between, the offset is that of the moment itself.
  return shown - offset(shown - offset(shown));
}

/** How far clocks of a zone are ahead of UTC, in milliseconds. */
function offsetIn(zone: string): (time: number) => number {
  const [known, sign, hours, minutes = '0'] = POSIX.exec(zone) ?? [];
  if (known) return () => (sign === '-' ? 1 : -1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
  if (/^(UTC|Etc\/UTC|GMT)$/.test(zone)) return () => 0;
  try {
    const clock = new Intl.DateTimeFormat('en-US', { ...CLOCK, timeZone: zone });
    return (time) => shownBy(clock, time) - Math.floor(time / 1000) * 1000;
  } catch {
    return (time) => -new Date(time).getTimezoneOffset() * MINUTE;
  }
}

const CLOCK = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;

function shownBy(clock: Intl.DateTimeFormat, time: number): number {
  const parts = Object.fromEntries(clock.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
