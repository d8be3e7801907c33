/**
 * Text that came from an image, a name or the wire, made safe to print: control characters, among them the escape that
 * starts a terminal's commands, and the marks that reverse the direction of writing, become visible escapes.
 */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, visible);
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function visible(character: string): string {
  const named = NAMED[character];
  if (named) return named;
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** How many characters (code points) a text has: its width in a table. */
export function widthOf(text: string): number {
  return Array.from(text).length;
}

/** At most `max` characters, the last one an ellipsis where something was cut. */
export function truncate(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, Math.max(0, max - 1)).join('')}…`;
}

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
