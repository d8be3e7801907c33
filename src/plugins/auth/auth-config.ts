import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GantryError } from '../../kernel/index.js';
import { decodeAuth, encodeAuth } from './auth-encoding.js';
import type { AuthConfig, Credentials } from './contracts.js';

type JsonObject = Record<string, unknown>;

const MAX_BYTES = 1024 * 1024;

/** Logins in configuration files of Docker's form. */
export class FileAuthConfig implements AuthConfig {
  async load(file: string, registry: string): Promise<Credentials | undefined> {
    const entry = entryOf(authsOf(await read(file)), registry);
    if (!entry) return undefined;
    const { auth, identitytoken, username = '', password = '' } = entry;
    if (typeof username !== 'string' || typeof password !== 'string') return undefined;
    // Secrets of Kubernetes have both apart, and some of them no `auth`.
    const login = typeof auth === 'string' && auth !== '' ? decodeAuth(auth) : { username, password };
    if (typeof identitytoken === 'string' && identitytoken !== '') return { ...login, identityToken: identitytoken };
    return login.username === '' && login.password === '' ? undefined : login;
  }

  async save(file: string, registry: string, credentials: Credentials | undefined): Promise<void> {
    const config = await read(file);
    const auths = authsOf(config);
    const others = Object.fromEntries(Object.entries(auths).filter(([key]) => !isSameRegistry(key, registry)));
    const entry = credentials && { ...withoutSecrets(auths[registry]), ...entryFor(credentials) };
    const changed = entry ? { ...others, [registry]: entry } : others;
    const rest = auths === config ? {} : config;
    await replace(file, `${JSON.stringify({ ...rest, auths: changed }, null, '\t')}\n`);
  }

  async helperFor(file: string, registry: string): Promise<string | undefined> {
    const { credHelpers, credsStore } = await read(file);
    const own = isObject(credHelpers) && Object.hasOwn(credHelpers, registry) ? credHelpers[registry] : undefined;
    const name = own ?? credsStore;
    return typeof name === 'string' && name !== '' ? name : undefined;
  }
}

/** A `.dockercfg` has at its top what later files have under `auths`. */
function authsOf(config: JsonObject): JsonObject {
  if (isObject(config['auths'])) return config['auths'];
  return Object.values(config).some((entry) => isObject(entry) && 'auth' in entry) ? config : {};
}

function entryOf(auths: JsonObject, registry: string): JsonObject | undefined {
  const key = Object.hasOwn(auths, registry)
    ? registry
    : Object.keys(auths).find((other) => isSameRegistry(other, registry));
  const entry = key === undefined ? undefined : auths[key];
  return isObject(entry) ? entry : undefined;
}

/** Whether a file's key means that registry: by its host, since old files have whole addresses. */
function isSameRegistry(key: string, registry: string): boolean {
  const host = (text: string): string => text.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
  return key === registry || host(key) === host(registry);
}

function entryFor(credentials: Credentials): JsonObject {
  if (credentials.username === '' && credentials.password === '' && !credentials.identityToken) return {};
  const identity = credentials.identityToken ? { identitytoken: credentials.identityToken } : {};
  return { auth: encodeAuth(credentials), ...identity };
}

function withoutSecrets(entry: unknown): JsonObject {
  if (!isObject(entry)) return {};
  const { auth: _auth, identitytoken: _identity, username: _user, password: _password, ...rest } = entry;
  return rest;
}

async function read(file: string): Promise<JsonObject> {
  try {
    const text = await textOf(file);
    if (text.trim() === '') return {};
    const config: unknown = JSON.parse(text);
    if (isObject(config)) return config;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    if (code === 'EACCES') throw new GantryError('denied', `cannot read ${file}: permission denied`);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new GantryError('invalid', `${file} is not a JSON object`, { hint: 'Repair the file, or move it away' });
}

async function textOf(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { mode, size } = await handle.stat();
    if (size > MAX_BYTES) throw new GantryError('invalid', `${file} is larger than 1 MiB`);
    const text = await handle.readFile('utf8');
    // The file contains secrets that others may read. Only its owner can change the mode.
    if ((mode & 0o077) !== 0 && /"(auth|identitytoken|password)"/.test(text)) await handle.chmod(0o600).catch(() => {});
    return text;
  } finally {
    await handle.close();
  }
}

/** Replaces a file by one rename; a link to it stays a link. */
async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const target = await realpath(file).catch(() => file);
  const draft = `${target}.${randomUUID()}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
