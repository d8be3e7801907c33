import type { CommandContext, Login } from '../../../kernel/index.js';
import { loginKeyOf } from '../distribution/index.js';

/** Asks the client for its login to the registry of a reference, when that is wanted. A client without any is nobody there. */
export function loginOf(
  reference: string,
  { logins }: Pick<CommandContext, 'logins'>,
): () => Promise<Login | undefined> {
  return async () => logins?.get(loginKeyOf(reference));
}
