/** Who asks for something that may have to wait until another call on the same container is done. */
export interface Caller {
  /** Ends the wait; its reason is thrown. What has begun by then goes on. */
  readonly gone?: AbortSignal;
  /** Is told once, after a second, for what it waits. */
  readonly waits?: (message: string) => void;
}
