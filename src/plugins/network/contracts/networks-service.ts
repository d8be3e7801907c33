import { token } from '../../../kernel/index.js';
import type { Endpoint, EndpointSettings } from './endpoint.js';
import type { Network, NetworkOptions } from './network.js';

/** The networks that containers can be on. References are names, ids, or unambiguous id prefixes. */
export interface Networks {
  /** By name. */
  list(): readonly Network[];
  /** @throws GantryError `not found`, `conflict` for an ambiguous prefix */
  get(reference: string): Network;
  /** The endpoints of one container, or of one network. */
  endpoints(of: { readonly holder: string } | { readonly network: string }): readonly Endpoint[];
  /** @throws GantryError `conflict`: the name, or the subnet, is taken; `invalid`; `unavailable` */
  create(request: NetworkOptions): Promise<Network>;
  /** @throws GantryError `not found`, `conflict` while running containers are on it, `invalid` for the default one */
  remove(reference: string): Promise<void>;
  /**
   * Connects a container to one more network, at once where it runs.
   * @throws GantryError as `registerEndpoints` and `allocate`; `conflict`
   */
  join(holder: string, endpoint: EndpointSettings): Promise<void>;
  /** Disconnects a container from a network, at once. @throws GantryError `not found` */
  leave(holder: string, reference: string): Promise<void>;
}
export const Networks = token<Networks>('Networks');
