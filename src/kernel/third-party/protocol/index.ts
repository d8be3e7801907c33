/**
 * Calls and byte streams between the engine and a plugin's process, and the manifest that crosses it.
 * Imports contracts and streams. Both sides import it, so it knows neither the loader nor the guest.
 */
export { type CallHandlers, Channel } from './channel.js';
export { MAX_PLUGIN_FRAME } from './framed-port.js';
export type { Manifest, ManifestCommand, ManifestExtension } from './manifest.js';
export type {
  AcceptedStreams,
  AroundParams,
  HandleParams,
  ListenParams,
  LoadParams,
  NextParams,
  OfferedParams,
  OpenParams,
  RawParams,
  ResizeParams,
  RunParams,
  Scope,
  ServiceParams,
  SignalParams,
} from './messages.js';
