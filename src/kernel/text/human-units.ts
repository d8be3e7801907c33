const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const SIGNIFICANT_DIGITS = 3;

/** Decimal units and three significant digits, as in `docker images`: `4.26MB`. */
export function humanSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (unit < UNITS.length - 1 && Number(size.toPrecision(SIGNIFICANT_DIGITS)) >= 1000) {
    size /= 1000;
    unit++;
  }
  return `${Number(size.toPrecision(SIGNIFICANT_DIGITS))}${UNITS[unit]}`;
}

/** Docker 28's words for a span of time: `Less than a second`, `About a minute`, `3 weeks`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  if (days < 730) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(days / 365)} years`;
}

const SPANS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds of a span of time as Go writes it: `90s`, `1h30m`, `1.5h`; undefined for what is none. */
export function milliseconds(span: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(span)) return undefined;
  const parts = span.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (SPANS[unit ?? ''] ?? 0), 0);
}
