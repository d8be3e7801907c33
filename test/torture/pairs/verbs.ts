import { join } from 'node:path';

export type State = 'running' | 'paused' | 'stopped' | 'gone';

/** The container that a pair of verbs is tried on, and what belongs to it alone. */
export interface Subject {
  readonly name: string;
  /** A folder of the host. */
  readonly folder: string;
  readonly network: string;
}

export interface Verb {
  readonly name: string;
  args(subject: Subject): string[];
  /** The state that it acknowledges. */
  readonly leaves?: State;
  /** It ends when the container does. */
  readonly lasts?: boolean;
  /** Its exit code is that of a program, which says nothing. */
  readonly passesOn?: boolean;
  /** It cannot be made without a daemon. */
  readonly remote?: boolean;
  /** A template of `inspect`, and what it gives after the verb, whatever other verbs do. */
  readonly proof?: readonly [template: string, value: string];
  /** What is there after the verb. */
  creates?(subject: Subject): readonly string[];
}

const on =
  (...before: string[]) =>
  ({ name }: Subject): string[] => [...before, name];
const SECOND = ['-t', '1'];

export const VERBS: readonly Verb[] = [
  { name: 'start', args: on('start'), leaves: 'running', remote: true },
  { name: 'stop', args: on('stop', ...SECOND), leaves: 'stopped' },
  { name: 'restart', args: on('restart', ...SECOND), leaves: 'running', remote: true },
  { name: 'kill', args: on('kill'), leaves: 'stopped' },
  { name: 'pause', args: on('pause'), leaves: 'paused' },
  { name: 'unpause', args: on('unpause'), leaves: 'running' },
  { name: 'rm', args: on('rm'), leaves: 'gone' },
  { name: 'rm-f', args: on('rm', '-f'), leaves: 'gone' },
  { name: 'undo', args: on('undo') },
  { name: 'rename', args: ({ name }) => ['rename', name, `${name}-renamed`] },
  { name: 'update-memory', args: on('update', '-m', '80m'), proof: ['{{.HostConfig.Memory}}', '83886080'] },
  { name: 'update-pids', args: on('update', '--pids-limit', '77'), proof: ['{{.HostConfig.PidsLimit}}', '77'] },
  {
    name: 'update-restart',
    args: on('update', '--restart', 'on-failure:1'),
    proof: ['{{.HostConfig.RestartPolicy.Name}}', 'on-failure'],
  },
  {
    name: 'commit',
    args: ({ name }) => ['commit', name, `image-${name}`],
    creates: ({ name }) => ['image', 'inspect', `image-${name}`],
  },
  {
    name: 'cp-in',
    args: ({ name }) => ['cp', '/etc/passwd', `${name}:/put`],
    creates: ({ name }) => ['cp', `${name}:/put`, '-'],
  },
  { name: 'cp-out', args: ({ name, folder }) => ['cp', `${name}:/etc/passwd`, join(folder, name)] },
  { name: 'exec', args: ({ name }) => ['exec', name, 'true'], passesOn: true },
  { name: 'exec-long', args: ({ name }) => ['exec', name, 'sleep', '1'], passesOn: true },
  { name: 'exec-d', args: ({ name }) => ['exec', '-d', name, 'sleep', '1'] },
  { name: 'attach', args: on('attach'), lasts: true, passesOn: true },
  { name: 'logs', args: on('logs') },
  { name: 'logs-f', args: on('logs', '-f'), lasts: true },
  { name: 'wait', args: on('wait'), lasts: true },
  { name: 'export', args: ({ name, folder }) => ['export', '-o', join(folder, `${name}.tar`), name] },
  { name: 'diff', args: on('diff') },
  { name: 'inspect', args: on('inspect') },
  { name: 'top', args: on('top') },
  { name: 'stats', args: on('stats', '--no-stream') },
  { name: 'port', args: on('port') },
  { name: 'network-connect', args: ({ name, network }) => ['network', 'connect', network, name] },
  { name: 'network-disconnect', args: ({ name }) => ['network', 'disconnect', 'bridge', name] },
];
