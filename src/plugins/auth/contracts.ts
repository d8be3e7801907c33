import { token } from '../../kernel/index.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Registry logins, kept as Docker keeps them: `auths.<registry>.auth` of a `config.json` holds the base64 form of
 * `user:password`. Nothing here writes a secret into a log or an error.
 */
export interface AuthConfig {
  /**
   * The login for a registry, or undefined. A file that is not there has none.
   * @param file such as `~/.docker/config.json`, absolute
   * @param registry its key in the file: `registry.example:5000`, `https://index.docker.io/v1/`
   * @throws GantryError `invalid` where the file is no such configuration, `denied` where it may not be read
   */
  load(file: string, registry: string): Promise<Credentials | undefined>;
  /** Sets a registry's login, or removes it. Makes the file if need be, mode 0600; what else stands in it stays. @throws GantryError as `load` */
  save(file: string, registry: string, credentials: Credentials | undefined): Promise<void>;
}
export const AuthConfig = token<AuthConfig>('AuthConfig');
