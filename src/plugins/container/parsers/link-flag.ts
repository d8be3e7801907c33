import { GantryError } from '../../../kernel/index.js';
import { checkLookupName } from '../../../sysinit/files.js';
import type { EndpointOptions } from '../contracts/index.js';

/** `--link CONTAINER[:ALIAS]` @throws GantryError `usage`, `invalid` */
export function parseLink(value: string): EndpointOptions['links'][number] {
  const [container = '', alias = container, ...rest] = value.split(':');
  if (container === '' || alias === '' || rest.length > 0) {
    throw new GantryError('usage', `bad format for links: ${value}`, { hint: 'Write CONTAINER or CONTAINER:ALIAS' });
  }
  checkLookupName(alias);
  return { container, alias };
}
