/**
 * Where to listen and who connects: address syntax, TCP and unix sockets, the owner and the process of a peer, the docker group.
 * Imports contracts of the kernel. Reads no byte of a connection.
 */
export { type Address, type Env, formatAddress, parseAddress } from './address.js';
export { mayUseDocker } from './docker-group.js';
export { SocketHolders } from './socket-holder.js';
export { demandLoopback, listenOnPort } from './tcp-listener.js';
export { type TcpEndpoints, TcpOwners } from './tcp-owners.js';
export { listenOnPath } from './unix-listener.js';
