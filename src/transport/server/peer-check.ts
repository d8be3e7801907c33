import { mayUseDocker, peerUid, type TcpEndpoints } from '../addresses/index.js';

/**
 * Says why a process of this host may not use a port, if so. A port is open to every user of the host, a socket file is not: the
 * user must be root, or in the docker group.
 */
export async function peerRefusalReason(connection: TcpEndpoints): Promise<string | undefined> {
  const uid = await peerUid(connection);
  if (uid === undefined) return 'Permission denied: cannot tell which user connects';
  if (await mayUseDocker(uid)) return undefined;
  return `Permission denied: user ${uid} is neither root nor in the docker group`;
}
