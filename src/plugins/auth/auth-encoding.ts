import { GantryError } from '../../kernel/index.js';
import type { Credentials } from './contracts.js';

/** base64 of `user:password`. @throws GantryError `invalid` for a user name with a colon, which could not be read back */
export function encodeAuth({ username, password }: Credentials): string {
  if (username.includes(':')) throw new GantryError('invalid', 'a user name cannot contain a colon');
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** @throws GantryError `invalid`, without the text that it could not read */
export function decodeAuth(encoded: string): Credentials {
  const text = Buffer.from(encoded, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  if (colon < 0) throw new GantryError('invalid', 'invalid auth configuration: no user and password in it');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
