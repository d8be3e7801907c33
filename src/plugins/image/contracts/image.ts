/** PATH of containers whose image and flags name none. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Layers that an image may have, equal ones counted once. As many as Docker takes: what is committed here can be pulled there. Overlayfs takes
 * more, so an image that an older engine has taken still runs.
 */
export const MAX_IMAGE_LAYERS = 127;

/** The part of an OCI image configuration that decides how a container of it runs (image-spec `config.md`). */
export interface ImageConfig {
  readonly Env?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly StopSignal?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Healthcheck?: HealthConfig;
  /** Instructions for builds on top of the image. The engine stores them without acting upon them. */
  readonly OnBuild?: readonly string[];
}

/** The health check of an image's containers. Times are nanoseconds; 0 or absent: the default. */
export interface HealthConfig {
  /** `['CMD', program, ...]`, `['CMD-SHELL', line]`, `['NONE']`. */
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/** The machine that an image is for: `linux/arm64/v8`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export interface Image {
  /** `sha256:` and 64 hex digits: the digest of the OCI image configuration's bytes. */
  readonly id: string;
  /** Id of the image that this one was committed from; empty for an imported or pulled one. */
  readonly parent: string;
  readonly created: Date;
  readonly comment: string;
  readonly architecture: string;
  readonly config: ImageConfig;
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** Bytes of all layers, unpacked. */
  readonly size: number;
}
