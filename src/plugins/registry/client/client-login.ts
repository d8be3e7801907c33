import type { CommandContext, Login } from '../../../kernel/index.js';
import { loginKeyOf } from '../distribution/index.js';

/**
 * Asks the client for its login to the registry of a reference, when the login is needed. A client without one is
 * anonymous.
 */
export function loginOf(
  reference: string,
  { logins }: Pick<CommandContext, 'logins'>,
): () => Promise<Login | undefined> {
  return async () => logins?.get(loginKeyOf(reference));
}
