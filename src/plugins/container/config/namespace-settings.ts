import { GantryError } from '../../../kernel/index.js';
import type { IsolationSettings } from '../contracts/index.js';
import type { ContainerFlags } from '../flags/index.js';
import { containerMode, parseContainerMode } from '../parsers/index.js';

type Namespaces = Pick<IsolationSettings, 'ipc' | 'pid' | 'uts' | 'cgroupns'>;

/** @throws GantryError `usage`, `invalid`, in Docker's words */
export function namespaceSettings(options: ContainerFlags): Namespaces {
  const { ipc, pid, uts, cgroupns, userns, hostname } = options;
  if (userns !== '' && userns !== 'host') throw invalid(`--userns: invalid USER mode: ${userns}`);
  if (uts === 'host' && hostname) throw invalid('conflicting options: hostname and the UTS mode');
  return {
    ipc: joinedMode('IPC', ipc) ?? modeOf('IPC', ipc, ['private', 'shareable', 'none', 'host']),
    pid: joinedMode('PID', pid) ?? modeOf('PID', pid, ['private', 'host']),
    uts: modeOf('UTS', uts, ['private', 'host']),
    ...(cgroupns && { cgroupns: modeOf('CGROUP', cgroupns, ['private', 'host'], '--cgroupns') }),
  };
}

/** `container:NAME` */
function joinedMode(what: string, mode: string): `container:${string}` | undefined {
  const container = parseContainerMode(mode);
  if (container === '') throw invalid(`--${what.toLowerCase()}: invalid ${what} mode: ${mode}`);
  return container === undefined ? undefined : containerMode(container);
}

function modeOf<const M extends string>(
  what: string,
  given: string,
  known: readonly ['private', ...M[]],
  flag = `--${what.toLowerCase()}`,
) {
  const mode = known.find((each) => each === (given || 'private'));
  if (!mode) throw invalid(`${flag}: invalid ${what} mode: ${given}`);
  return mode;
}

function invalid(message: string): GantryError {
  return new GantryError('usage', message);
}
