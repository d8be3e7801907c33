import { GantryError } from '../../../kernel/index.js';
import type { HostConfig, RestartPolicy } from '../contracts/index.js';

const NAMES = ['no', 'on-failure', 'always', 'unless-stopped'] as const;

/** `no`, `on-failure[:n]`, `always`, `unless-stopped`. @throws GantryError `usage`, `invalid`, in Docker's words */
export function parseRestartPolicy(value: string): RestartPolicy {
  const [word = '', count] = value.split(/:(.*)/s);
  const name = NAMES.find((known) => known === (word || 'no'));
  if (word === '' && count !== undefined) {
    throw new GantryError('usage', 'invalid restart policy format: no policy provided before colon');
  }
  if (!name) {
    throw new GantryError('invalid', `invalid restart policy: unknown policy '${value}'`, {
      hint: `Use one of ${NAMES.join(', ')}`,
    });
  }
  if (count === undefined || (count === '' && name === 'on-failure')) return { name, maximumRetries: 0 };
  if (name !== 'on-failure') {
    throw new GantryError('invalid', "invalid restart policy: maximum retry count can only be used with 'on-failure'");
  }
  if (!/^\d{1,9}$/.test(count)) {
    throw new GantryError('usage', `invalid restart policy: '${count}' is no number of retries`);
  }
  return { name, maximumRetries: Number(count) };
}

export function formatRestartPolicy({ name, maximumRetries }: RestartPolicy): string {
  return maximumRetries > 0 ? `${name}:${maximumRetries}` : name;
}

/** Whether a run may be followed by another one: then a daemon must be running to start it. */
export function mayRestart({ restart, restartUnhealthy }: Pick<HostConfig, 'restart' | 'restartUnhealthy'>): boolean {
  return restart.name !== 'no' || restartUnhealthy;
}
