import { readdirSync, readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import { isLoopbackHost, type RegistrySettings } from '../../system/index.js';
import { bypassesProxy } from './bypasses-proxy.js';

const SYSTEM_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
const MAX_CONNECTIONS = 16;

/** Routes to servers, each made once: certificates, proxy, open connections. */
export class Routes {
  /** By origin: `https://registry.example:5000`. */
  readonly #agents = new Map<string, HttpAgent | HttpsAgent>();
  /** By host: what registries speak that may go without TLS. */
  readonly schemes = new Map<string, 'http:' | 'https:'>();

  constructor(readonly settings: RegistrySettings) {}

  /** @param url of http or https. @throws GantryError `invalid` for certificates that are there and cannot be used */
  agent(url: URL): HttpAgent | HttpsAgent {
    const known = this.#agents.get(url.origin);
    if (known) return known;
    const agent = this.#agentFor(url);
    this.#agents.set(url.origin, agent);
    return agent;
  }

  /** Whether a registry may have an invalid certificate, or no TLS. */
  isInsecure(host: string): boolean {
    const name = hostnameOf(host);
    // An authority of its own is there to be checked against.
    if (certificatesFor(host, this.settings.certificates).isOwn) return false;
    return isLoopbackHost(name) || this.settings.insecure.some((entry) => entry === host || entry === name);
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #agentFor(url: URL): HttpAgent | HttpsAgent {
    const { proxy } = this.settings;
    const common = {
      keepAlive: true,
      maxSockets: MAX_CONNECTIONS,
      ...(bypassesProxy(url, proxy['NO_PROXY']) ? {} : { proxyEnv: { ...proxy, NO_PROXY: '' } }),
    };
    if (url.protocol === 'http:') return new HttpAgent(common);
    return new HttpsAgent({
      ...common,
      ...certificatesFor(url.host, this.settings.certificates),
      rejectUnauthorized: !this.isInsecure(url.host),
    });
  }
}

/** The host without its port. */
function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '');
}

interface Certificates {
  /** Whether there are authorities for this host alone. */
  readonly isOwn?: true;
  readonly ca?: string[];
  readonly cert?: string[];
  readonly key?: string[];
}

function certificatesFor(host: string, folders: readonly string[]): Certificates {
  for (const folder of folders.map((parent) => join(parent, host))) {
    const names = filesIn(folder);
    if (names.length === 0) continue;
    const read = (ending: string): string[] =>
      names.filter((name) => name.endsWith(ending)).map((name) => readFileSync(join(folder, name), 'utf8'));
    const [ca, cert, key] = [read('.crt'), read('.cert'), read('.key')];
    if (cert.length !== key.length) {
      throw new GantryError('invalid', `${folder}: a .cert needs the .key of the same name, and the other way round`);
    }
    return {
      ca: [...systemAuthorities(), ...ca],
      ...(ca.length > 0 && { isOwn: true }),
      ...(cert.length > 0 && { cert, key }),
    };
  }
  const ca = systemAuthorities();
  return ca.length > 0 ? { ca } : {};
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Empty where the host has none: then Node's own list is used. */
function systemAuthorities(): string[] {
  try {
    return [readFileSync(process.env['SSL_CERT_FILE'] || SYSTEM_AUTHORITIES, 'utf8')];
  } catch {
    return [];
  }
}
