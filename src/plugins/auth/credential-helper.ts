import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { GantryError } from '../../kernel/index.js';
import type { Credentials } from './contracts.js';

type Env = Readonly<Record<string, string | undefined>>;

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT = 1024 * 1024;
/** Output of a helper, with exit code 1, for a login that it does not have. */
const NOT_FOUND = 'credentials not found in native keychain';
/** The user name under which helpers keep identity tokens. */
const TOKEN_USER = '<token>';

/**
 * A program `docker-credential-NAME` (github.com/docker/docker-credential-helpers). Its output is never shown: it may
 * contain a secret.
 */
export class CredentialHelper {
  readonly #program: string;

  /** @throws GantryError `invalid` for a bad name */
  constructor(
    name: string,
    private readonly env: Env,
  ) {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
      throw new GantryError('invalid', `'${name}' is no name of a credential helper`);
    }
    this.#program = `docker-credential-${name}`;
  }

  async get(server: string): Promise<Credentials | undefined> {
    const { code, output } = await this.#run('get', server);
    if (code !== 0 && output.trim() === NOT_FOUND) return undefined;
    if (code !== 0) throw this.#failed('get', code);
    const { Username: username, Secret: secret } = this.#parse(output);
    if (typeof username !== 'string' || typeof secret !== 'string') throw this.#failed('get', code);
    if (secret === '') return undefined;
    return username === TOKEN_USER
      ? { username: '', password: '', identityToken: secret }
      : { username, password: secret };
  }

  async store(server: string, { username, password, identityToken }: Credentials): Promise<void> {
    const entry = identityToken
      ? { ServerURL: server, Username: TOKEN_USER, Secret: identityToken }
      : { ServerURL: server, Username: username, Secret: password };
    const { code } = await this.#run('store', JSON.stringify(entry));
    if (code !== 0) throw this.#failed('store', code);
  }

  async erase(server: string): Promise<void> {
    const { code, output } = await this.#run('erase', server);
    if (code !== 0 && output.trim() !== NOT_FOUND) throw this.#failed('erase', code);
  }

  #parse(output: string): Record<string, unknown> {
    try {
      return { ...(JSON.parse(output) as object) };
    } catch {
      throw new GantryError('unavailable', `${this.#program} get: what it answers is not JSON`);
    }
  }

  #failed(action: string, code: number | null): GantryError {
    return new GantryError('unavailable', `${this.#program} ${action} failed (exit code ${code})`, {
      hint: `Run '${this.#program} list' to see what is wrong with it`,
    });
  }

  async #run(action: string, input: string): Promise<{ code: number | null; output: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ code: number | null; output: string }>();
    const program = programIn(this.env['PATH'], this.#program);
    if (!program) {
      throw new GantryError('unavailable', `${this.#program} ${action}: there is no such program in PATH`);
    }
    const child = spawn(program, [action], { env: this.env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    const chunks: Buffer[] = [];
    let length = 0;
    const refuse = (why: string): void => {
      // Kills the whole process group: a helper may be a script that waits for other programs.
      if (child.pid) killGroup(child.pid);
      child.stdout.destroy();
      reject(new GantryError('unavailable', `${this.#program} ${action}: ${why}`));
    };
    const timer = setTimeout(() => refuse(`no answer within ${TIMEOUT_MS / 1000} seconds`), TIMEOUT_MS);
    child.once('error', ({ code }: NodeJS.ErrnoException) => refuse(`it cannot be run: ${code}`));
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_OUTPUT) refuse('it answers with more than 1 MiB');
    });
    child.once('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return promise.finally(() => clearTimeout(timer));
  }
}

/** Looks in absolute folders only: a relative one would run what lies in the folder that the user happens to be in. */
function programIn(path = '', name: string): string | undefined {
  return path
    .split(':')
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process has ended.
  }
}
