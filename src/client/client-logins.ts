import type { Logins } from '../kernel/contracts/index.js';
import { storedLogins } from '../plugins/auth/index.js';

/** The logins of the user of this process. */
export function clientLogins(): Promise<Logins> {
  return storedLogins(process.env);
}
