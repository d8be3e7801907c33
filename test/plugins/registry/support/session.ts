import type { ExecutionContext } from 'ava';
import type { Login } from '../../../../src/kernel/contracts/logins.js';
import { readDocument } from '../../../../src/plugins/registry/http/body.js';
import { Routes } from '../../../../src/plugins/registry/http/routes.js';
import { Session } from '../../../../src/plugins/registry/http/session.js';
import type { RegistrySettings } from '../../../../src/plugins/system/index.js';
import { FakeRegistry, type Handler } from './fake-registry.js';

export const ken: Login = { username: 'ken', password: 'open sesame' };
export const BASIC = `Basic ${Buffer.from('ken:open sesame').toString('base64')}`;

export async function fake(t: ExecutionContext): Promise<FakeRegistry> {
  const registry = await FakeRegistry.start();
  t.teardown(() => registry.stop());
  return registry;
}

export function sessionAt(
  t: ExecutionContext,
  host: string,
  login?: Login,
  more: Partial<RegistrySettings> = {},
): Session {
  const settings = { insecure: [], mirrors: [], certificates: [], proxy: {}, stall: 300, ...more };
  const routes = new Routes(settings);
  t.teardown(() => routes.close());
  return new Session(routes, host, async () => login, new AbortController().signal);
}

export async function get(session: Session, path = '/v2/x', scopes: readonly string[] = []): Promise<string> {
  const answer = await session.call({ method: 'GET', to: path, scopes });
  return `${answer.status} ${await readDocument(answer, 'it', session.stall, session.signal)}`;
}

export const authorizations = (registry: FakeRegistry): unknown[] =>
  registry.headers.map(({ authorization }) => authorization);

/** Answers 401 until the authorization is the right one. */
export function wants(challenge: string, authorization: string): Handler {
  return (request, response) => {
    if (request.headers.authorization === authorization) response.end('welcome');
    else response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
  };
}
