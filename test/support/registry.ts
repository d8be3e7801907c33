import { type ChildProcess, spawn } from 'node:child_process';
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CA, SERVER_CERT, SERVER_KEY } from '../transport/certificates.js';

export const USER = 'ken';
export const PASSWORD = 's3cret';
const HTPASSWD = `${USER}:$2b$04$h3x3NdmVieF8HUAOeiHRFOXQNDnopa4DbylmQLxNrhEpPDqATKH.G\n`;

export interface RegistryOptions {
  /** Who may come in: all; `ken` by his password; those with a token of the server that is started beside it. */
  readonly auth?: 'htpasswd' | 'token';
  readonly tls?: boolean;
}

/** Debian's docker-registry on a port of loopback, with a folder of its own. */
export class RealRegistry {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gantry-registry-'));
  /** A folder for `GANTRY_CERTS`, where the registry's authority is trusted. */
  readonly certificates = join(this.#folder, 'certs.d');
  #process: ChildProcess | undefined;
  #tokens: TokenServer | undefined;
  #port = 0;

  static async start(options: RegistryOptions = {}): Promise<RealRegistry> {
    const registry = new RealRegistry();
    await registry.#start(options);
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Scopes for which tokens were given, in order. */
  get scopes(): readonly string[] {
    return this.#tokens?.scopes ?? [];
  }

  async stop(): Promise<void> {
    this.#tokens?.stop();
    if (this.#process && this.#process.exitCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start({ auth, tls }: RegistryOptions): Promise<void> {
    this.#port = await freePort();
    const file = (name: string, text: string): string => {
      writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
      return join(this.#folder, name);
    };
    const [certificate, key] = [file('cert.pem', SERVER_CERT), file('key.pem', SERVER_KEY)];
    mkdirSync(join(this.certificates, this.host), { recursive: true });
    if (tls) writeFileSync(join(this.certificates, this.host, 'ca.crt'), CA);
    if (auth === 'token') this.#tokens = await TokenServer.start();
    const settings = {
      version: 0.1,
      storage: { filesystem: { rootdirectory: join(this.#folder, 'data') } },
      http: { addr: this.host, ...(tls && { tls: { certificate, key } }) },
      log: { level: 'error', accesslog: { disabled: true } },
      ...(auth === 'htpasswd' && { auth: { htpasswd: { realm: 'test', path: file('htpasswd', HTPASSWD) } } }),
      ...(this.#tokens && {
        auth: { token: { ...this.#tokens.settings, rootcertbundle: file('ca.pem', CA) } },
      }),
    };
    // JSON is YAML.
    const config = file('config.yml', JSON.stringify(settings));
    this.#process = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    await listens(this.#port, this.#process);
  }
}

/** Gives tokens to `ken`, and for pulls to anybody. */
class TokenServer {
  readonly scopes: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createHttpServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const given = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
      const { authorization } = request.headers;
      if (authorization !== undefined && authorization !== `Basic ${given}`) return void response.writeHead(401).end();
      const scopes = url.searchParams.getAll('scope');
      this.scopes.push(...scopes);
      const access = scopes.map((scope) => {
        const [type, name, actions = ''] = scope.split(':');
        return { type, name, actions: authorization ? actions.split(',') : ['pull'] };
      });
      response.end(JSON.stringify({ token: token(access), expires_in: 300 }));
    });
  }

  static async start(): Promise<TokenServer> {
    const server = new TokenServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get settings() {
    const { port } = this.#server.address() as AddressInfo;
    return { realm: `http://127.0.0.1:${port}/token`, service: 'test registry', issuer: 'test' };
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A JSON web token, signed by the key of a certificate that the registry trusts. */
function token(access: readonly unknown[]): string {
  const now = Math.floor(Date.now() / 1000);
  const x5c = [SERVER_CERT.replace(/-----.*-----|\n/g, '')];
  const claims = {
    iss: 'test',
    aud: 'test registry',
    sub: '',
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'JWT', alg: 'ES256', x5c })}.${part({ ...claims, access })}`;
  const key = { key: createPrivateKey(SERVER_KEY), dsaEncoding: 'ieee-p1363' } as const;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listens(port: number, process: ChildProcess): Promise<void> {
  while (process.exitCode === null) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('docker-registry does not start');
}
