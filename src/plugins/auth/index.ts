import { definePlugin, type Logins, provide } from '../../kernel/index.js';
import { AuthConfig } from './contracts.js';

export { AuthConfig, type Credentials } from './contracts.js';

/** The logins of the user of this environment, in files and helpers as Docker keeps them. */
export async function storedLogins(env: Readonly<Record<string, string | undefined>>): Promise<Logins> {
  return new (await import('./stored-logins.js')).StoredLogins(env);
}

/** Registry logins. */
export const auth = definePlugin({
  id: 'auth',
  api: 1,
  provides: [provide(AuthConfig, async () => (await import('./auth-config.js')).FileAuthConfig)],
});
