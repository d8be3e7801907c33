import { LocalCall } from '../kernel/calls/index.js';
import { Extensions, GantryError, PluginChecks } from '../kernel/contracts/index.js';
import { LoadedPlugins, PluginRegistry } from '../kernel/registry/index.js';
import { RegisteredChecks, ServiceHost } from '../kernel/services/index.js';
import { builtinPlugins } from '../plugins/index.js';
import { Config, Database, Log, RestrictedListeners } from '../plugins/system/index.js';
import { ThirdPartyPlugins } from './third-party-plugins.js';

/** The engine put together: what answers calls, and the services behind it. */
export interface Engine {
  readonly call: LocalCall;
  readonly services: ServiceHost;
  readonly plugins: ThirdPartyPlugins;
}

/**
 * Puts the built-in plugins together. Nothing is imported or started before a call needs it.
 * @param listenersFor what a daemon opens limited sockets with
 */
export function createEngine(
  config: Config,
  log: Log,
  listenersFor: (call: LocalCall) => RestrictedListeners = () => NO_LISTENERS,
): Engine {
  const registry = new PluginRegistry(builtinPlugins, [
    Config,
    Extensions,
    RestrictedListeners,
    LoadedPlugins,
    Log,
    PluginChecks,
  ]);
  const services = new ServiceHost(registry);
  services.value(Config, config);
  services.value(Log, log);
  const plugins = new ThirdPartyPlugins(registry, services, config, log);
  services.value(Extensions, plugins);
  services.value(LoadedPlugins, plugins);
  services.value(PluginChecks, new RegisteredChecks(registry, services));
  const onBug = (stack: string): void => log.debug(stack);
  // A daemon that meets another's write lock waits for it before a command, not in its midst.
  const beforeChange = (): Promise<void> => services.resolve(Database).whenWritable();
  const daemon = config.daemon ? { daemon: true, beforeChange } : { daemon: false };
  const call = new LocalCall(plugins, services, { ...daemon, onBug });
  services.value(RestrictedListeners, listenersFor(call));
  return { call, services, plugins };
}

const NO_LISTENERS: RestrictedListeners = {
  open: () => Promise.reject(new GantryError('unavailable', 'only a daemon can listen on a socket')),
  close: () => Promise.resolve(),
};
