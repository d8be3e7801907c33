import { GantryError } from '../../../kernel/index.js';
import type { IsolationSettings } from '../contracts/index.js';
import { parseContainerMode } from './network-mode.js';

const IPC = [
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
];

/**
 * `NAME=VALUE`, of namespaced sysctls of the container only: any other would change the host's.
 * @throws GantryError `invalid`, in Docker's words
 */
export function parseSysctlFlags(
  entries: readonly string[],
  { ipc, uts, network }: Pick<IsolationSettings, 'ipc' | 'uts'> & { readonly network: string },
): Readonly<Record<string, string>> {
  const hasOwnNetwork = network !== 'host' && parseContainerMode(network) === undefined;
  return Object.fromEntries(
    entries.map((entry) => {
      const [, name, value] = /^([a-z0-9_][a-zA-Z0-9_./-]*)=([^\0]*)$/.exec(entry) ?? [];
      if (name === undefined || value === undefined || name.includes('..')) {
        throw new GantryError('invalid', `sysctl '${entry}' is not of the form NAME=VALUE`);
      }
      // A slash would address the same file under a name that is on no list.
      const isOwn =
        !name.includes('/') &&
        ((hasOwnNetwork && name.startsWith('net.')) ||
          (ipc !== 'host' &&
            parseContainerMode(ipc) === undefined &&
            (IPC.includes(name) || name.startsWith('fs.mqueue.'))) ||
          (uts !== 'host' && name === 'kernel.domainname'));
      if (!isOwn)
        throw new GantryError('invalid', `sysctl '${entry}' is not allowed`, {
          hint: 'The container does not have it for itself',
        });
      return [name, value] as const;
    }),
  );
}
