import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GantryError } from '../../kernel/index.js';
import type { AuthConfig, Credentials } from './contracts.js';
import { decodeAuth, encodeAuth } from './encoding.js';

type JsonObject = Record<string, unknown>;

/** Logins in configuration files of Docker's form. */
export class FileAuthConfig implements AuthConfig {
  async load(file: string, registry: string): Promise<Credentials | undefined> {
    const { auths } = await read(file);
    const entry = isObject(auths) && Object.hasOwn(auths, registry) ? auths[registry] : undefined;
    if (!isObject(entry) || typeof entry['auth'] !== 'string' || entry['auth'] === '') return undefined;
    return decodeAuth(entry['auth']);
  }

  async save(file: string, registry: string, credentials: Credentials | undefined): Promise<void> {
    const config = await read(file);
    const { [registry]: before, ...others } = isObject(config['auths']) ? config['auths'] : {};
    const entry = credentials && { ...(isObject(before) ? before : {}), auth: encodeAuth(credentials) };
    const auths = entry ? { ...others, [registry]: entry } : others;
    await replace(file, `${JSON.stringify({ ...config, auths }, null, '\t')}\n`);
  }
}

async function read(file: string): Promise<JsonObject> {
  try {
    const config: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isObject(config)) return config;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    if (code === 'EACCES') throw new GantryError('denied', `cannot read ${file}: permission denied`);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new GantryError('invalid', `${file} is not a JSON object`, { hint: 'Repair the file, or move it away' });
}

/** Writes a file anew by one rename; a link to it stays a link. */
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
