/**
 * The Linux host below the plugins: libc calls through koffi, mounts, descriptors, epoll, raw sockets, processes,
 * folders, free space. Imports Node and koffi, and nothing of this project. Nothing is loaded or opened until a
 * function is called, so that a client never pays for koffi.
 */
export { bootId } from './boot-id.js';
export { duplicateDescriptor, keepFromChildren, receiveDescriptor } from './descriptors.js';
export { isDiskNearlyFull } from './disk-space.js';
export { Epoll } from './epoll.js';
export { folderSize } from './folder-size.js';
export { CLONE_NEWNET, CLONE_NEWNS, check, errnoName, F_SETPIPE_SZ, libc, SystemError } from './libc.js';
export { MNT_DETACH, MS_BIND, MS_RDONLY, MS_REC, MS_REMOUNT, MS_SLAVE, mount, unmount } from './mounts.js';
export { SHORT_LIVED_NODE } from './node-flags.js';
export { openInRoot } from './open-in-root.js';
export { hungUp, peerUid } from './peers.js';
export { identify, isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';
export {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  MSG_DONTWAIT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  sockets,
} from './sockets.js';
export { ensureStateFolder, kindAt } from './state-folder.js';
export { setTerminalSize } from './terminal-size.js';
