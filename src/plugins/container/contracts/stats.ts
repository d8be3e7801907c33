/** A sample of the resources that a running container uses. */
export interface ContainerStats {
  /** Time of the sample, in milliseconds of a monotonic clock. */
  readonly time: number;
  /** Milliseconds of processor time since the container was started. */
  readonly cpu: number;
  /**
   * Bytes, without caches that the kernel could free at once; without a limit, `memoryLimit` is the machine's memory.
   */
  readonly memory: number;
  readonly memoryLimit: number;
  readonly pids: number;
  /** Bytes since the container was started; 0 with the host's network. */
  readonly network: { readonly received: number; readonly sent: number };
  readonly block: { readonly read: number; readonly written: number };
}
