import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../measure.js';
import { startDaemon } from './daemon.js';
import type { Peer } from './peer.js';

const client = ['/usr/bin/docker', '/usr/local/bin/docker'].find(existsSync) ?? 'docker';

/** A dockerd that listens already. */
export function dockerAt(socket: string, scratch: string): Peer {
  const folder = join(scratch, 'docker');
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(folder, 'client') };
  return {
    name: 'docker',
    env,
    argv: (args) => [client, ...args],
    async start() {
      mkdirSync(join(folder, 'client'), { recursive: true });
    },
    version() {
      const format = 'client {{.Client.Version}}, dockerd {{.Server.Version}}';
      const versions = outputOf(this, ['version', '--format', format]);
      const runtime = outputOf(this, ['info', '--format', '{{.DefaultRuntime}}, {{.Driver}}, {{.LoggingDriver}}']);
      return `${versions}, ${runtime}`;
    },
  };
}

/** A dockerd with a containerd of its own. @param cgroup its control group */
export function docker(scratch: string, cgroup = '/gantry-bench/docker'): Peer {
  const folder = join(scratch, 'docker');
  const socket = join(folder, 'docker.sock');
  const peer = dockerAt(socket, scratch);
  return {
    ...peer,
    async start() {
      await peer.start();
      const config = join(folder, 'daemon.json');
      writeFileSync(config, '{}');
      const daemon = ['dockerd', '--config-file', config, '--host', `unix://${socket}`];
      daemon.push('--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'));
      daemon.push('--pidfile', join(folder, 'pid'), '--bip', '10.211.0.1/24');
      daemon.push('--cgroup-parent', cgroup);
      await startDaemon(daemon, peer.env, socket, join(folder, 'log'));
    },
  };
}
