import { type Login, token } from '../../kernel/index.js';

export type Credentials = Login;

/**
 * Registry logins, kept as Docker keeps them: `auths.<registry>.auth` of a `config.json` holds the base64 form of
 * `user:password`. Nothing here writes a secret into a log or an error.
 */
export interface AuthConfig {
  /**
   * Returns the login for a registry; undefined where there is none, or no file. A file that others can read gets mode
   * 0600.
   * @param file such as `~/.docker/config.json`, absolute
   * @param registry its key in the file: `registry.example:5000`, `https://index.docker.io/v1/`. Old files have the
   *   address of its first interface instead, `https://registry.example:5000/v1/`
   * @throws GantryError `invalid` where the file is no such configuration, `denied` where it may not be read
   */
  load(file: string, registry: string): Promise<Credentials | undefined>;
  /**
   * Sets a registry's login, or removes it. Creates the file if it is missing, mode 0600; its other contents stay.
   * @throws GantryError as `load`
   */
  save(file: string, registry: string, credentials: Credentials | undefined): Promise<void>;
  /** The name of the program `docker-credential-NAME` that keeps this registry's login; undefined: the file does. @throws GantryError as `load` */
  helperFor(file: string, registry: string): Promise<string | undefined>;
}
export const AuthConfig = token<AuthConfig>('AuthConfig');
