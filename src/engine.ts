import { Extensions, NO_EXTENSIONS } from './kernel/extensions.js';
import { LocalCall } from './kernel/local-call.js';
import { Registry } from './kernel/registry.js';
import { ServiceHost } from './kernel/services.js';
import { builtinPlugins } from './plugins/index.js';
import { Config, Log } from './plugins/system/index.js';

/** The engine put together: what answers calls, and the services behind it. */
export interface Engine {
  readonly call: LocalCall;
  readonly services: ServiceHost;
}

/** Puts the built-in plugins together. Nothing is imported or started before a call needs it. */
export function createEngine(config: Config, log: Log): Engine {
  const registry = new Registry(builtinPlugins, [Config, Extensions, Log]);
  const services = new ServiceHost(registry);
  services.value(Config, config);
  services.value(Extensions, NO_EXTENSIONS);
  services.value(Log, log);
  const onBug = (stack: string): void => log.debug(stack);
  return { call: new LocalCall(registry, services, { daemon: config.daemon, onBug }), services };
}
