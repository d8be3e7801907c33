import { randomBytes } from 'node:crypto';
import { shortId } from '../../../kernel/index.js';

/**
 * 64 random hex digits. The short form is never all digits, since tools that accept names would read it as a number.
 */
export function newContainerId(): string {
  for (;;) {
    const id = randomBytes(32).toString('hex');
    if (!/^\d+$/.test(shortId(id))) return id;
  }
}
