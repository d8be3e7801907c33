import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../measure.js';
import { startDaemon } from './daemon.js';
import type { Peer } from './peer.js';

const client = ['/usr/bin/docker', '/usr/local/bin/docker'].find(existsSync) ?? 'docker';

/** A dockerd with a containerd of its own. */
export function docker(scratch: string): Peer {
  const folder = join(scratch, 'docker');
  const socket = join(folder, 'docker.sock');
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(folder, 'client') };
  const argv = (args: readonly string[]) => [client, ...args];
  return {
    name: 'docker',
    env,
    argv,
    async start() {
      mkdirSync(join(folder, 'client'), { recursive: true });
      const config = join(folder, 'daemon.json');
      writeFileSync(config, '{}');
      const daemon = ['dockerd', '--config-file', config, '--host', `unix://${socket}`];
      daemon.push('--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'));
      daemon.push('--pidfile', join(folder, 'pid'), '--bip', '10.211.0.1/24');
      daemon.push('--cgroup-parent', '/gantry-bench/docker');
      await startDaemon(daemon, env, socket, join(folder, 'log'));
    },
    version() {
      const format = 'client {{.Client.Version}}, dockerd {{.Server.Version}}';
      const versions = outputOf(this, ['version', '--format', format]);
      const runtime = outputOf(this, ['info', '--format', '{{.DefaultRuntime}}, {{.Driver}}, {{.LoggingDriver}}']);
      return `${versions}, ${runtime}`;
    },
  };
}
