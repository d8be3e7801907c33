import { textOf } from '../../../host/index.js';
import { detectCgroups, type HostCgroups } from './cgroup-mode.js';

const ROOT = '/sys/fs/cgroup';

/** A running container's control groups, as files: version 1 has a folder for each controller, version 2 one for all. */
export class ControlGroups {
  readonly #host: HostCgroups;
  readonly #paths: ReadonlyMap<string, string>;

  /** @param pid of the container's first process */
  constructor(pid: number, host = detectCgroups()) {
    this.#host = host;
    this.#paths = pathsOf(textOf(`/proc/${pid}/cgroup`) ?? '');
  }

  get isV2(): boolean {
    return this.#host.mode === 'v2';
  }

  /** The text of a file; undefined where the kernel does not have it. @param controller of version 1 */
  read(controller: string, file: string): string | undefined {
    const path = this.#paths.get(this.isV2 ? '' : controller);
    if (path === undefined) return undefined;
    return textOf(this.isV2 ? `${ROOT}${path}/${file}` : `${ROOT}/${controller}${path}/${file}`);
  }
}

/** Lines of `4:memory:/gantry/<id>`; version 2 has the name ''. */
function pathsOf(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, names = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    for (const name of names.split(',')) if (path) paths.set(name, path);
  }
  return paths;
}
