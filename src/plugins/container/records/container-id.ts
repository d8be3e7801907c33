import { randomBytes } from 'node:crypto';

const SHORT_ID = 12;

/**
 * 64 random hex digits. The short form is never all digits, since tools that accept names would read it as a number.
 */
export function newContainerId(): string {
  for (;;) {
    const id = randomBytes(32).toString('hex');
    if (!/^\d+$/.test(id.slice(0, SHORT_ID))) return id;
  }
}

/** The 12 digits that people see, of a container or an image. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, SHORT_ID);
}
