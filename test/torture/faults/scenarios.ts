import { RealRegistry } from '../../support/registry.js';
import type { Call } from '../calls.js';

/** A command whose calls fail one after the other, on a container or image of its own. */
export interface Scenario {
  readonly name: string;
  /** Containers' names begin with it. */
  before?(call: Call, name: string): Promise<unknown>;
  args(name: string): string[];
  after?(call: Call, name: string): Promise<unknown>;
}

/** A container that runs, and a second network. */
export const HOST = 'host';
export const NETWORK = 'other';
const FOREVER = ['busybox', 'sleep', '86400'];

const runs = (call: Call, name: string): Promise<unknown> => call('run', '-d', '-p', '80', '--name', name, ...FOREVER);
const rests = (call: Call, name: string): Promise<unknown> => call('create', '--name', name, ...FOREVER);
const remove = (call: Call, name: string): Promise<unknown> => call('rm', '-f', name);

const OF_CONTAINERS: readonly Scenario[] = [
  { name: 'run', args: (name) => ['run', '-d', '-p', '80', '--name', name, ...FOREVER], after: remove },
  { name: 'run-rm', args: (name) => ['run', '--rm', '--name', name, 'busybox', 'true'], after: remove },
  { name: 'exec', args: () => ['exec', HOST, 'true'] },
  { name: 'stop', before: runs, args: (name) => ['stop', '-t', '0', name], after: remove },
  { name: 'start', before: rests, args: (name) => ['start', name], after: remove },
  { name: 'rm', before: rests, args: (name) => ['rm', name], after: remove },
  { name: 'rm-f', before: runs, args: (name) => ['rm', '-f', name], after: remove },
  { name: 'commit', args: (name) => ['commit', HOST, name], after: (call, name) => call('rmi', '-f', name) },
  { name: 'cp', args: () => ['cp', '/etc/passwd', `${HOST}:/put`] },
  {
    name: 'network-connect',
    args: () => ['network', 'connect', NETWORK, HOST],
    after: (call) => call('network', 'disconnect', NETWORK, HOST),
  },
];

/** @param registry which holds the image of `pull` */
export function scenarios(registry: RealRegistry | undefined): readonly Scenario[] {
  if (!registry) return OF_CONTAINERS;
  const image = pulledImage(registry);
  const forget = (call: Call): Promise<unknown> => call('rmi', '-f', image);
  return [...OF_CONTAINERS, { name: 'pull', before: forget, args: () => ['pull', '-q', image], after: forget }];
}

/** Puts an image with a layer of its own into a registry of its own. */
export async function registryWithImage(call: Call): Promise<RealRegistry> {
  const registry = await RealRegistry.start();
  const image = pulledImage(registry);
  await call('run', '--name', 'source', 'busybox', 'sh', '-c', 'head -c 100000 /dev/urandom >/file');
  await call('commit', 'source', image);
  await call('rm', 'source');
  const { code, stderr } = await call('push', '-q', image);
  if (code !== 0) throw new Error(`push: ${stderr}`);
  return registry;
}

function pulledImage({ host }: RealRegistry): string {
  return `${host}/pulled:1`;
}
