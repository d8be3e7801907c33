import test from 'ava';
import { contextFor } from '../../src/kernel/calls/command-context.js';
import { Extensions, NO_EXTENSIONS } from '../../src/kernel/contracts/table-extensions.js';
import { Recorder } from '../../src/kernel/dry-run/recorder.js';
import { runDry } from '../../src/kernel/dry-run/rehearsal.js';
import { commandMetadata, LoadedPlugins, optionsOf, PluginChecks } from '../../src/kernel/index.js';
import { parse } from '../../src/kernel/parsing/cli-adapter.js';
import { parseArgv } from '../../src/kernel/parsing/parse-argv.js';
import { PluginRegistry } from '../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../src/kernel/services/service-host.js';
import { builtinPlugins } from '../../src/plugins/index.js';
import { Config, Log, RestrictedListeners } from '../../src/plugins/system/index.js';
import { FakeClient } from '../kernel/fixtures.js';
import { engineFor } from '../support/engine.js';
import { dry, prepare, rows } from './dry-run-cases.js';

const given = engineFor(test);

test.serial('no command does more than it declares', async (t) => {
  const { engine } = given;
  await prepare(engine);
  const registry = new PluginRegistry(builtinPlugins, [
    Config,
    Extensions,
    RestrictedListeners,
    LoadedPlugins,
    Log,
    PluginChecks,
  ]);
  const services = new ServiceHost(registry);
  const { root, bridge } = engine;
  services.value(Config, {
    root,
    runDir: `${root}/run`,
    bridge,
    subnet: undefined,
    pluginDirs: [],
    daemon: false,
    debug: false,
  });
  services.value(Extensions, NO_EXTENSIONS);
  services.value(RestrictedListeners, { open: async () => {}, close: async () => {} });
  services.value(Log, { debug: () => {}, info: () => {}, warn: () => {} });
  t.teardown(() => services.stop());
  const seen = new Map<string, Set<string>>();
  for (const [line] of rows) {
    const target = registry.resolve(dry(line));
    if (target.kind !== 'command') return t.fail(line);
    const commandClass = await target.entry.load();
    const metadata = commandMetadata(commandClass);
    if (!metadata) return t.fail(line);
    const options = optionsOf(commandClass);
    const { values, args } = await parse(options, parseArgv(target.argv, metadata, options));
    const recorder = new Recorder(line);
    const command = await services.command(commandClass, target.entry.plugin, recorder);
    for (const [property, value] of values) Reflect.set(command, property, value);
    const run = async (client: FakeClient): Promise<number> => (await command.run(contextFor(client, args, true))) ?? 0;
    await runDry(recorder, new FakeClient(), (client) => run(client as FakeClient)).catch(() => {});
    const effects = seen.get(metadata.name) ?? new Set();
    for (const { effect } of recorder.steps) effects.add(effect);
    seen.set(metadata.name, effects);
    for (const { effect } of recorder.steps) t.true(metadata.effects.includes(effect), `${line}: ${effect}`);
  }
  t.deepEqual([...(seen.get('run') ?? [])], ['write', 'exec']);
  t.deepEqual([...(seen.get('restart') ?? [])], ['destroy', 'exec']);
});
