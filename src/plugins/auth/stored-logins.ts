import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isKind, type Login, type Logins } from '../../kernel/index.js';
import { FileAuthConfig } from './auth-config.js';
import { CredentialHelper } from './credential-helper.js';

type Env = Readonly<Record<string, string | undefined>>;

/** A user's logins, where Docker looks for them: `DOCKER_CONFIG`, else `~/.docker`, else the old `~/.dockercfg`. */
export class StoredLogins implements Logins {
  readonly #config = new FileAuthConfig();
  readonly #file: string;
  readonly #oldFile: string;

  constructor(private readonly env: Env) {
    const home = env['HOME'] || homedir();
    this.#file = join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json');
    this.#oldFile = join(home, '.dockercfg');
  }

  async get(server: string): Promise<Login | undefined> {
    if (!(await exists(this.#file))) return this.#config.load(this.#oldFile, server);
    return (await this.#fromHelper(server)) ?? this.#config.load(this.#file, server);
  }

  /** As in Docker, a helper that is not there or fails stands in the way of no pull: there may be no login at all. */
  async #fromHelper(server: string): Promise<Login | undefined> {
    try {
      return await (await this.#helperFor(server))?.get(server);
    } catch (error) {
      if (isKind(error, 'unavailable')) return undefined;
      throw error;
    }
  }

  async set(server: string, login: Login): Promise<string | undefined> {
    const helper = await this.#helperFor(server);
    if (!helper) {
      await this.#config.save(this.#file, server, login);
      return this.#file;
    }
    await helper.store(server, login);
    // As in Docker, the file records that there is a login, and the helper keeps it.
    await this.#config.save(this.#file, server, { username: '', password: '' });
    return undefined;
  }

  async erase(server: string): Promise<boolean> {
    const before = await this.get(server);
    await (await this.#helperFor(server))?.erase(server);
    if (await exists(this.#file)) await this.#config.save(this.#file, server, undefined);
    else if (before) await this.#config.save(this.#oldFile, server, undefined);
    return before !== undefined;
  }

  async #helperFor(server: string): Promise<CredentialHelper | undefined> {
    const name = await this.#config.helperFor(this.#file, server);
    return name === undefined ? undefined : new CredentialHelper(name, this.env);
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
