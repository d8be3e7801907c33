import type { Effects, Planned } from '../../../kernel/index.js';
import type { RestrictedSockets } from '../contracts/index.js';
import { checkSocketPath, noSuchSocket } from './socket-path.js';

export const RESTRICTED_SOCKETS_EFFECTS: Effects<RestrictedSockets> = {
  list: 'read',
  isOpen: 'read',
  create: {
    effect: 'write',
    async plan(sockets, { path, allow }): Promise<Planned<void>> {
      checkSocketPath(path, sockets.list());
      return { says: `listen on ${path} for callers that may ${allow.join(', ')}` };
    },
  },
  remove: {
    effect: 'destroy',
    async plan(sockets, path): Promise<Planned<void>> {
      if (!sockets.list().some((socket) => socket.path === path)) throw noSuchSocket(path);
      return { says: `remove socket ${path}` };
    },
  },
};
