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

const SPANS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3 },
  ...{ ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
};
const SPAN = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/;
const SPAN_OF_TIME = new RegExp(`^([-+]?)((?:${SPAN.source})+)$`);
/** Characters: a pattern that meets more takes long. */
const LONGEST_SPAN = 100;
/** Go counts nanoseconds in 64 bits. */
const LONGEST_MS = 2 ** 63 / 1e6;

/**
 * The milliseconds of a span of time as Go writes it: `90s`, `1h30m`, `.5s`, `+1s`, `0`; undefined for what is none, or is more
 * than 292 years.
 */
export function milliseconds(span: string): number | undefined {
  if (span.length > LONGEST_SPAN) return undefined;
  if (/^[-+]?0$/.test(span)) return 0;
  const [, sign, parts = ''] = SPAN_OF_TIME.exec(span) ?? [];
  if (sign === undefined) return undefined;
  const all = [...parts.matchAll(new RegExp(SPAN, 'g'))];
  const sum = all.reduce((total, [, amount, unit]) => total + Number(amount) * (SPANS[unit ?? ''] ?? 0), 0);
  if (sum >= LONGEST_MS) return undefined;
  return sign === '-' && sum !== 0 ? -sum : sum;
}
