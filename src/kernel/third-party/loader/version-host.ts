import type { Duplex } from 'node:stream';
import { PluginFailure } from '../../contracts/index.js';
import type { ServiceRouter, VersionHost } from '../process/index.js';
import type { Manifest } from '../protocol/index.js';
import type { PluginRecords } from './plugin-records.js';
import type { PluginSet } from './plugin-set.js';

interface VersionHostParts {
  readonly set: PluginSet;
  readonly records: PluginRecords;
  readonly router: ServiceRouter;
  readonly open: VersionHost['open'];
  readonly options: {
    readonly program: string;
    readonly log: (message: string) => void;
    readonly accept: (connection: Duplex) => void;
  };
}

/** The engine as versions see it: services by the router, the operator's decisions, and the slots that they belong to. */
export function versionHost({ set, records, router, open, options }: VersionHostParts): VersionHost {
  /** The rights that a plugin declares and the operator has approved. */
  const granted = (manifest: Manifest): readonly string[] => {
    const approved = records.get(manifest.id)?.rights ?? [];
    return manifest.rights.filter((right) => approved.includes(right));
  };
  return {
    open,
    program: options.program,
    labels: () => set.labels,
    mayListen: (manifest) => granted(manifest).includes('Transport.listen'),
    isPrivileged: (manifest) => granted(manifest).includes('Host.all'),
    demandUsable: (version) => {
      const slot = set.slotOf(version);
      const seconds = slot?.backoffSeconds() ?? 0;
      if (seconds === 0) return;
      const reason = `died three times in a minute, and rests for ${seconds} s: ${slot?.lastFailure?.reason}`;
      throw new PluginFailure(version.id, reason);
    },
    service: (version, params, scope) =>
      router.call({ id: version.id, rights: granted(version.manifest) }, params, scope),
    accept: (_, connection) => options.accept(connection),
    failed: (version, end) => {
      const slot = set.slotOf(version);
      if (slot?.version !== version) return;
      slot.failed(end);
      options.log(`plugin '${version.id}' ${end.reason}${end.stack && `\n${end.stack}`}`);
    },
    wrote: (version, line) => set.slotOf(version)?.wrote(line),
  };
}
