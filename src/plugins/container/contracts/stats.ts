/** A look at what a running container uses. */
export interface ContainerStats {
  /** Of the look, in milliseconds of a clock that only goes on. */
  readonly time: number;
  /** Milliseconds of processor time since it was started. */
  readonly cpu: number;
  /** Bytes, what the kernel could give back at once left out; the limit is the machine's memory where there is none. */
  readonly memory: number;
  readonly memoryLimit: number;
  readonly pids: number;
  /** Bytes since it was started; 0 with the host's network. */
  readonly network: { readonly received: number; readonly sent: number };
  readonly block: { readonly read: number; readonly written: number };
}
