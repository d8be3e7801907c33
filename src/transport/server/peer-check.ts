import { mayUseDocker, SocketHolders, type TcpEndpoints, TcpOwners } from '../addresses/index.js';

/** Who may use a port: a port is open to every process of the host, a socket file is not. */
export class PeerCheck {
  readonly #owners = new TcpOwners();
  readonly #holders = new SocketHolders();
  /** The files of users are read once for all that ask at a time. */
  readonly #asked = new Map<number, Promise<boolean>>();

  /**
   * Says why the process at the other end may not, if so. Its user must be root, or in the docker group, and it must be a process
   * of the host: root of a container that has the host's network is another root.
   */
  async refusalReason(connection: TcpEndpoints): Promise<string | undefined> {
    const owner = await this.#owners.find(connection);
    if (owner === undefined) return 'Permission denied: cannot tell which user connects';
    if (!(await this.#mayUseDocker(owner.uid))) {
      return `Permission denied: user ${owner.uid} is neither root nor in the docker group`;
    }
    const standing = await this.#holders.standingOf(owner.inode);
    if (standing === 'host') return undefined;
    if (standing === undefined) return 'Permission denied: cannot tell which process connects';
    return 'Permission denied: the process that connects has namespaces of its own, as in a container';
  }

  #mayUseDocker(uid: number): Promise<boolean> {
    const asked = this.#asked.get(uid) ?? mayUseDocker(uid).finally(() => this.#asked.delete(uid));
    this.#asked.set(uid, asked);
    return asked;
  }

  close(): Promise<void> {
    return this.#owners.close();
  }
}
