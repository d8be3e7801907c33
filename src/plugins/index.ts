import type { PluginDefinition } from '../kernel/index.js';
import { auth } from './auth/index.js';
import { container } from './container/index.js';
import { image } from './image/index.js';
import { network } from './network/index.js';
import { plugin } from './plugin/index.js';
import { registry } from './registry/index.js';
import { system } from './system/index.js';
import { volume } from './volume/index.js';

/** Everything that is built in. Common commands stand in help in this order. */
export const builtinPlugins: readonly PluginDefinition[] = [
  container,
  image,
  registry,
  volume,
  network,
  auth,
  plugin,
  system,
];
