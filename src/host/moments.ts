import { readFileSync } from 'node:fs';
import { bootId } from './boot-id.js';

/** A moment that another process may look back at: by the clock, which people set, and by the time since the boot. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Of the kernel; undefined where it is not known. */
  readonly boot: string | undefined;
  /** Milliseconds since that boot, suspension included. */
  readonly uptime: number;
}

export function thisMoment(): Moment {
  const [seconds = ''] = readFileSync('/proc/uptime', 'latin1').split(' ');
  return { time: Date.now(), boot: bootId(), uptime: Math.round(Number(seconds) * 1000) };
}

/** Milliseconds from a moment to now. The clock counts only for a moment of another boot. */
export function millisecondsSince(moment: Moment, now = thisMoment()): number {
  return moment.boot === now.boot ? now.uptime - moment.uptime : now.time - moment.time;
}
