import type { Graph } from '../../image/index.js';
import type { NetworkManager } from '../../network/index.js';
import type { Config, Database, Log } from '../../system/index.js';
import type { Volumes } from '../../volume/index.js';
import type { RuntimeControl } from '../oci/index.js';
import type { ContainerFolders, ContainerStore, RemovedContainers, StoredContainer } from '../records/index.js';

/** The services that runs depend on. */
export interface RunDependencies {
  readonly config: Config;
  readonly log: Log;
  readonly database: Database;
  readonly store: ContainerStore;
  readonly files: ContainerFolders;
  readonly removed: RemovedContainers;
  readonly graph: Graph;
  readonly network: NetworkManager;
  readonly volumes: Volumes;
  readonly control: RuntimeControl;
}

export interface SupervisorHooks {
  removeEnded(container: StoredContainer): Promise<void>;
  /** Recovers a container of which only the folder is known. False where there is none. */
  recover(id: string): boolean;
  /** Stops a run whose health check has failed, so that another one begins. */
  stopUnhealthy(id: string): Promise<unknown>;
}
