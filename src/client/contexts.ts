import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, GantryError } from '../kernel/contracts/index.js';
import { failureOf } from '../kernel/text/index.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Where a context leads, and the variables that its certificates stand for. */
export interface Context {
  readonly host: string;
  readonly variables: Readonly<Record<string, string>>;
}

interface Metadata {
  readonly Endpoints?: { readonly docker?: { readonly Host?: unknown; readonly SkipTLSVerify?: unknown } };
}

/** A context that Docker's client has made, a file under `contexts` in the folder of its configuration; or why there is none. */
export function readContext(name: string, env: Env): Context | Failure {
  try {
    return contextOf(name, env);
  } catch (error) {
    return failureOf(error);
  }
}

/** @throws GantryError `not found`, `invalid` for one without an address */
function contextOf(name: string, env: Env): Context {
  const folder = join(env['DOCKER_CONFIG'] || join(env['HOME'] ?? '/', '.docker'), 'contexts');
  const id = createHash('sha256').update(name).digest('hex');
  const { Host: host, SkipTLSVerify: skipsVerification } = metadataIn(join(folder, 'meta', id, 'meta.json'), name);
  if (typeof host !== 'string' || host === '') {
    throw new GantryError('invalid', `context "${name}" has no address of a daemon`);
  }
  const certificates = join(folder, 'tls', id, 'docker');
  if (!existsSync(certificates)) return { host, variables: {} };
  const verifies = skipsVerification === true ? '' : '1';
  return {
    host,
    variables: { DOCKER_CERT_PATH: certificates, DOCKER_TLS: '1', DOCKER_TLS_VERIFY: verifies },
  };
}

function metadataIn(path: string, name: string): NonNullable<NonNullable<Metadata['Endpoints']>['docker']> {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as Metadata).Endpoints?.docker ?? {};
  } catch (cause) {
    throw new GantryError('not found', `context "${name}": context not found: ${(cause as Error).message}`, {
      cause,
      hint: 'Give the address of the daemon with -H',
    });
  }
}
