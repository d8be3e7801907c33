import type { Call } from '../calls.js';

const WRITER = 'i=0; while :; do echo line $i; i=$((i+1)); sleep 0.2; done';
const SHORT = 'echo line 0; exit';

/** A container that lives through boots. */
export interface Citizen {
  readonly name: string;
  prepare(call: Call): Promise<void>;
  /** Its state after so many boots. */
  after(boot: number): 'running' | 'exited' | 'created' | 'gone';
}

interface Kind {
  readonly policy?: string;
  readonly program?: string;
  readonly flags?: readonly string[];
  /** What the user does to it then. */
  readonly done?: readonly string[];
  readonly after: 'running' | 'exited' | 'created' | 'gone';
  /** It is restarted as often at most. */
  readonly restarts?: number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  plain: { after: 'exited' },
  'plain-port': { flags: ['-p', '80'], after: 'exited' },
  'plain-paused': { done: ['pause'], after: 'exited' },
  'plain-rm': { flags: ['--rm'], after: 'gone' },
  'plain-done': { program: `${SHORT} 0`, after: 'exited' },
  always: { policy: 'always', after: 'running' },
  'always-port': { policy: 'always', flags: ['-p', '80'], after: 'running' },
  'always-paused': { policy: 'always', done: ['pause'], after: 'running' },
  'always-stopped': { policy: 'always', done: ['stop', '-t', '0'], after: 'running' },
  'always-tty': { policy: 'always', flags: ['-t'], program: 'sleep 86400', after: 'running' },
  'always-health': { policy: 'always', flags: ['--health-cmd', 'true', '--health-interval', '1s'], after: 'running' },
  'always-memory': { policy: 'always', flags: ['-m', '50m'], after: 'running' },
  'always-init': { policy: 'always', flags: ['--init'], after: 'running' },
  unless: { policy: 'unless-stopped', after: 'running' },
  'unless-stopped': { policy: 'unless-stopped', done: ['stop', '-t', '0'], after: 'exited' },
  'unless-killed': { policy: 'unless-stopped', done: ['kill'], after: 'exited' },
  failure: { policy: 'on-failure', after: 'running' },
  'failure-few': { policy: 'on-failure:2', after: 'running', restarts: 2 },
  'failure-stopped': { policy: 'on-failure', done: ['stop', '-t', '0'], after: 'exited' },
  'failure-done': { policy: 'on-failure', program: `${SHORT} 0`, after: 'exited' },
};

/** A container of each kind: restart policies, by what was done to them before. */
export function citizens(): Citizen[] {
  return Object.entries(KINDS).map(
    ([name, { policy = 'no', program = WRITER, flags = [], done, after, restarts }]) => ({
      name,
      prepare: async (call) => {
        const args = ['run', '-d', '--name', name, '--restart', policy, ...flags, 'busybox', 'sh', '-c', program];
        const { code, stderr } = await call(...args);
        if (code !== 0) throw new Error(`run ${name}: ${stderr}`);
        if (done) await call(...done, name);
      },
      after: (boot) => (restarts !== undefined && boot > restarts ? 'exited' : after),
    }),
  );
}
