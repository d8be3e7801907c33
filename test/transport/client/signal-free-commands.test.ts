import test from 'ava';
import { builtinPlugins } from '../../../src/plugins/index.js';
import { endsBySignal } from '../../../src/transport/client/signal-free-commands.js';

const LISTENING = ['run', 'exec', 'attach', 'start'];

test('all commands of the engine end by a signal, but those that pass it on to a program', (t) => {
  for (const key of builtinPlugins.flatMap(({ commands }) => Object.keys(commands ?? {}))) {
    const names = key.split('|');
    for (const name of names) {
      t.is(endsBySignal(name.split(' ')), !LISTENING.includes(names[0] ?? ''), name);
    }
  }
});

test('those of plugins may listen', (t) => {
  for (const line of ['greet', 'container greet', 'constructor x', 'container', ''])
    t.false(endsBySignal(line.split(' ')), line);
});
