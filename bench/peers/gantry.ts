import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../measure.js';
import { startDaemon } from './daemon.js';
import type { Peer } from './peer.js';

const bin = join(import.meta.dirname, '../../../bin/docker');

/** What keeps the networks of two engines apart. */
interface Place {
  readonly bridge: string;
  readonly subnet: string;
}

function environment(root: string, bridge: string, subnet: string): NodeJS.ProcessEnv {
  const { DOCKER_HOST: _, ...env } = process.env;
  return { ...env, GANTRY_ROOT: root, GANTRY_BRIDGE: bridge, GANTRY_SUBNET: subnet };
}

const PLAIN = { name: 'gantry', bridge: 'gbench0', subnet: '10.212.0.0/24' } as const;

/** Gantry with a daemon. */
export function gantry(scratch: string, { name, bridge, subnet }: Pick<Peer, 'name'> & Place = PLAIN): Peer {
  const root = join(scratch, name);
  const socket = join(root, 'run/docker.sock');
  const env = environment(root, bridge, subnet);
  return {
    name,
    env,
    argv: (args) => [bin, ...args],
    async start() {
      mkdirSync(root, { recursive: true });
      await startDaemon([bin, '-d', '--root', root], this.env, socket, join(scratch, `${name}.log`));
    },
    version() {
      return outputOf(this, ['version']).replaceAll(/\s+/g, ' ');
    },
  };
}

/** Gantry where no daemon listens: each command does its work in its own process. */
export function gantryLocal(scratch: string): Peer {
  const root = join(scratch, 'gantry-local');
  const env = environment(root, 'gbench1', '10.213.0.0/24');
  return {
    name: 'gantry-local',
    env,
    argv: (args) => [bin, ...args],
    async start() {
      mkdirSync(root, { recursive: true });
    },
    version: () => 'the same, with no daemon',
  };
}
