/**
 * Types, tokens and constants of containers, one file a subject: container, its configuration, streams, exec, stats,
 * logs, the roles of the runtime, the OCI configuration, the API for plugins. No code but one predicate. Imports the
 * kernel's contracts and, as types, other plugins; no other room.
 */
export { type ContainerSummary, Containers, type CreateOptions } from './api.js';
export type { Caller } from './caller.js';
export {
  type Container,
  type ContainerStatus,
  type ContainerUpdate,
  type Health,
  type HealthProbe,
  isActive,
  NEVER_RUN,
} from './container.js';
export {
  type ContainerConfig,
  DEFAULT_LOG,
  type EndpointOptions,
  type LogConfig,
  type MountRequest,
  type NetworkAttachment,
  PROPAGATIONS,
  type Propagation,
} from './container-config.js';
export { CONTAINER_EVENTS } from './container-events.js';
export type * from './exec.js';
export {
  DEFAULT_HOST_CONFIG,
  type DeviceLimit,
  type DeviceRequest,
  HOST_GATEWAY,
  type HostConfig,
  type IsolationSettings,
  type LifecycleSettings,
  type LimitSettings,
  type ResourceSettings,
  type RestartPolicy,
  type TmpfsRequest,
} from './host-config.js';
export type * from './logs.js';
export type * from './oci.js';
export {
  type ContainerFilesystem,
  type ContainerLifecycle,
  type ContainerReader,
  type ContainerStreams,
  type ContainerUndo,
  Runtime,
  type RuntimeDescription,
  type RuntimeInfo,
  type StopOptions,
} from './runtime.js';
export type * from './stats.js';
export {
  type Attachment,
  DEFAULT_TERMINAL_SIZE,
  type ExitStatus,
  type OutputSink,
  type OutputStream,
  type StartOptions,
  type TerminalSize,
} from './streams.js';
