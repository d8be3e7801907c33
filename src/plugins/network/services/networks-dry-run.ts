import { type Effects, GantryError, type Planned } from '../../../kernel/index.js';
import type { Networks } from '../contracts/index.js';
import { checkNetworkName, refuseInUse, refusePredefined, refuseWithoutBridge } from './errors.js';

export const NETWORKS_EFFECTS: Effects<Networks> = {
  list: 'read',
  get: 'read',
  endpoints: 'read',
  create: {
    effect: 'write',
    async plan(networks, { name, subnet = '', gateway = '', mtu, internal, labels }) {
      checkNetworkName(name);
      if (networks.list().some((network) => network.name === name)) {
        throw new GantryError('conflict', `network with name ${name} already exists`);
      }
      const result = {
        id: '',
        name,
        created: new Date(),
        subnet,
        gateway,
        ...{ ipv6Subnet: '', ipv6Gateway: '', ipRange: undefined, auxAddresses: {}, notes: {} },
        bridge: '',
        mtu,
        internal,
        isDefault: false,
        labels,
      };
      return { says: `create network ${name}${subnet && ` with the subnet ${subnet}`}`, result };
    },
  },
  remove: {
    effect: 'destroy',
    async plan(networks, reference): Promise<Planned<void>> {
      refuseWithoutBridge(reference, 'removed');
      const network = networks.get(reference);
      refusePredefined(network);
      refuseInUse(network, networks.endpoints({ network: network.id }));
      return { says: `remove network ${network.name}` };
    },
  },
  join: {
    effect: 'write',
    async plan(networks, holder, request): Promise<Planned<void>> {
      refuseWithoutBridge(request.network, 'joined');
      const { name } = networks.get(request.network);
      return { says: `connect container ${request.names[0] ?? holder} to network ${name}` };
    },
  },
  leave: {
    effect: 'write',
    async plan(networks, holder, reference): Promise<Planned<void>> {
      refuseWithoutBridge(reference, 'joined');
      const network = networks.get(reference);
      const endpoint = networks.endpoints({ holder }).find((one) => one.network.id === network.id);
      if (!endpoint)
        throw new GantryError('not found', `container ${holder} is not connected to network ${network.name}`);
      return { says: `disconnect container ${endpoint.names[0] ?? holder} from network ${network.name}` };
    },
  },
};
