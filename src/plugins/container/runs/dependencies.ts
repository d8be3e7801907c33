import type { Graph } from '../../image/index.js';
import type { NetworkManager, Networks } from '../../network/index.js';
import type { Config, Database, Log } from '../../system/index.js';
import type { Volumes } from '../../volume/index.js';
import type { RuntimeControl } from '../oci/index.js';
import type {
  ContainerFolders,
  ContainerLocks,
  ContainerStore,
  RemovedContainers,
  StoredContainer,
} from '../records/index.js';

/** The services that runs depend on. */
export interface RunDependencies {
  readonly config: Config;
  readonly log: Log;
  readonly database: Database;
  readonly store: ContainerStore;
  readonly files: ContainerFolders;
  readonly locks: ContainerLocks;
  readonly removed: RemovedContainers;
  readonly graph: Graph;
  readonly network: NetworkManager;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly control: RuntimeControl;
}

export interface SupervisorHooks {
  removeEnded(container: StoredContainer): Promise<unknown>;
  /** Recovers a container of which only the folder is known. False where there is none. */
  recover(id: string): boolean;
  /** Stops a run whose health check has failed, so that another one begins. Also one that is to be restarted. */
  stopUnhealthy(id: string): Promise<unknown>;
}
