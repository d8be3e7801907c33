export type PeerName = 'gantry' | 'gantry-local' | 'gantry-plugins' | 'docker' | 'podman' | 'node';

/** Something whose commands are measured. All of its state is in its own folder of the scratch folder. */
export interface Peer {
  readonly name: PeerName;
  /** The environment its commands run in. */
  readonly env: NodeJS.ProcessEnv;
  /** The full command line for these arguments of `docker`. */
  argv(args: readonly string[]): string[];
  /** Starts what the commands need. The end of the namespace stops it. */
  start(): Promise<void>;
  /** One line for the report. */
  version(): string;
}
