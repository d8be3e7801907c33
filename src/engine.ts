import { PluginChecks } from './kernel/check.js';
import { GantryError } from './kernel/errors.js';
import { Extensions } from './kernel/extensions.js';
import { LocalCall } from './kernel/local-call.js';
import { LoadedPlugins } from './kernel/plugin-host.js';
import { RegisteredChecks } from './kernel/registered-checks.js';
import { Registry } from './kernel/registry.js';
import { ServiceHost } from './kernel/services.js';
import { builtinPlugins } from './plugins/index.js';
import { Config, Log, RestrictedListeners } from './plugins/system/index.js';
import { ThirdParty } from './third-party.js';

/** The engine put together: what answers calls, and the services behind it. */
export interface Engine {
  readonly call: LocalCall;
  readonly services: ServiceHost;
  readonly plugins: ThirdParty;
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
  const registry = new Registry(builtinPlugins, [
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
  const plugins = new ThirdParty(registry, services, config, log);
  services.value(Extensions, plugins);
  services.value(LoadedPlugins, plugins);
  services.value(PluginChecks, new RegisteredChecks(registry, services));
  const onBug = (stack: string): void => log.debug(stack);
  const call = new LocalCall(plugins, services, { daemon: config.daemon, onBug });
  services.value(RestrictedListeners, listenersFor(call));
  return { call, services, plugins };
}

const NO_LISTENERS: RestrictedListeners = {
  open: () => Promise.reject(new GantryError('unavailable', 'only a daemon can listen on a socket')),
  close: () => Promise.resolve(),
};
