/**
 * The Linux host below the plugins: libc calls through koffi, mounts, descriptors, epoll, raw sockets, processes,
 * folders, trash, free space, time. Imports Node and koffi, and nothing of this project. Nothing is loaded or opened until a
 * function is called, so that a client never pays for koffi.
 */
export { bootId } from './boot-id.js';
export { Descriptor, duplicateDescriptor, keepFromChildren, openDescriptor, receiveDescriptor } from './descriptors.js';
export { epoll } from './epoll.js';
export {
  ensureStateFolder,
  folderSize,
  ifThere,
  isDiskNearlyFull,
  isExecutable,
  keepWorkingFolder,
  kindAt,
  namesIn,
  removeTree,
  Trash,
  textOf,
} from './files/index.js';
export {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  CLONE_NEWNET,
  CLONE_NEWNS,
  check,
  errnoName,
  F_SETPIPE_SZ,
  libc,
  MSG_DONTWAIT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  SystemError,
} from './libc.js';
export { type Moment, millisecondsSince, thisMoment } from './moments.js';
export {
  attachMount,
  cloneMount,
  MNT_DETACH,
  MS_BIND,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  MS_SLAVE,
  mount,
  unmount,
} from './mounts.js';
export { openat2, openInRoot } from './open-in-root.js';
export { openRegularFile, openSeenFile } from './open-regular-file.js';
export { hungUp, peerUid } from './peers.js';
export { goFirst } from './priority.js';
export {
  endedProcess,
  HeldProcess,
  hasExecuted,
  identify,
  isAlive,
  isSelf,
  openFileOf,
  openProcess,
  ownIdentity,
  type ProcessIdentity,
  signalProcess,
} from './processes.js';
export { SHORT_LIVED_NODE, spawned, spawnProgram } from './spawn-program.js';
export { setTerminalSize } from './terminal-size.js';
