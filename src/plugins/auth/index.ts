import { definePlugin, provide } from '../../kernel/index.js';
import { AuthConfig } from './contracts.js';

export { AuthConfig, type Credentials } from './contracts.js';

/** Registry logins. */
export const auth = definePlugin({
  id: 'auth',
  api: 1,
  provides: [provide(AuthConfig, async () => (await import('./auth-config.js')).FileAuthConfig)],
});
