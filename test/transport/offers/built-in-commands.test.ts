import test from 'ava';
import { optionsOf } from '../../../src/kernel/contracts/index.js';
import { builtinPlugins } from '../../../src/plugins/index.js';
import { BUILT_IN_COMMANDS } from '../../../src/transport/offers/built-in-commands.js';

const declared = builtinPlugins.flatMap(({ commands }) => Object.entries(commands ?? {}));

for (const [names, { stopsAtFirst, switches = [], values = [], uses = {} }] of Object.entries(BUILT_IN_COMMANDS)) {
  test(`the client's table has the flags of ${names}`, async (t) => {
    const [, load] = declared.find(([key]) => key === names) ?? [];
    const command = await load?.();
    const options = command ? optionsOf(command) : [];
    const flags = (isSwitch: boolean): string[] =>
      options.filter(({ type }) => (type === 'boolean') === isSwitch).map((one) => one.flags);
    t.deepEqual([...switches].sort(), flags(true).sort());
    t.deepEqual([...values, ...Object.keys(uses)].sort(), flags(false).sort());
    t.is(stopsAtFirst, ['run', 'create', 'exec'].includes(names.split('|')[0] ?? '') ? true : undefined);
  });
}

test("a flag whose value is a file of the client's is in the table", async (t) => {
  const ofEngine = ['--device', '-v, --volume'];
  for (const [names, load] of declared) {
    for (const { flags, complete } of optionsOf(await load())) {
      if (complete !== 'file' || ofEngine.includes(flags)) continue;
      t.truthy(BUILT_IN_COMMANDS[names]?.uses?.[flags], `${flags} of ${names}`);
    }
  }
});
