import { closeSync, mkdirSync, openSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { MS_BIND, mount } from '../../../host/index.js';
import { CGROUP_ROOT, type HostCgroups } from './cgroup-mode.js';

/** The folder of all containers in each hierarchy. */
const OWN_FOLDER = 'gantry';

/**
 * Mounts the hierarchies of version 1 once more, on a tmpfs that is not the host's. Call it in a private mount namespace.
 * A folder that the runtime makes on that tmpfs ends with the namespace, also where the host's is read-only, and a
 * container with privileges that gets it by `-v /sys/fs/cgroup` can make no more than this one read-only.
 *
 * Version 2 of a hybrid host is there as the engine's own folder alone, not as the root of its file system: a runtime
 * that refuses hybrid hosts takes it for one more hierarchy of version 1, and makes the container's group in it.
 * @param host without `unified` where the runtime accepts hybrid hosts
 */
export function mountPrivateCgroups(host: HostCgroups): void {
  const { mode, hierarchies, unified } = host;
  if (mode !== 'v1' && mode !== 'hybrid') return;
  const links = readdirSync(CGROUP_ROOT, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  const targets = links.map(({ name }) => ({ name, target: readlinkSync(join(CGROUP_ROOT, name)) }));
  using opened = new DisposableStack();
  const open = (source: string, path: string): { readonly source: string; readonly path: string } => {
    const fd = openSync(source, 'r');
    opened.defer(() => closeSync(fd));
    return { source: `/proc/self/fd/${fd}`, path };
  };
  const binds = hierarchies.map((path) => open(path, path));
  if (unified !== undefined) {
    const own = join(unified, OWN_FOLDER);
    mkdirSync(own, { recursive: true });
    binds.push(open(own, join(CGROUP_ROOT, 'unified', OWN_FOLDER)));
  }
  mount('cgroup', CGROUP_ROOT, 'tmpfs', 0, 'mode=755');
  for (const { source, path } of binds) {
    mkdirSync(path, { recursive: true });
    mount(source, path, null, MS_BIND, null);
  }
  for (const { name, target } of targets) symlinkSync(target, join(CGROUP_ROOT, name));
}
