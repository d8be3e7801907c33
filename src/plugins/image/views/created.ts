import { humanDuration } from '../../../kernel/index.js';

/** Before it there were no images: programs in Go write the year 1 for no time. */
const FIRST_MS = Date.parse('1970-01-01T00:00:00Z');
export const NO_TIME = 'N/A';

/** Whether the time at which an image or a step was made is known. */
export function isKnownTime(created: Date): boolean {
  return created.getTime() >= FIRST_MS;
}

/** As `images` and `history` tell it: `2 days ago`. */
export function createdSince(created: Date): string {
  return isKnownTime(created) ? `${humanDuration(Date.now() - created.getTime())} ago` : NO_TIME;
}
