import test from 'ava';
import { builtinPlugins } from '../../../src/plugins/index.js';
import { endsBySignal, printsOwnWords } from '../../../src/transport/local/engine-commands.js';

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

test('logs and commands that run programs print what these say', (t) => {
  for (const line of ['logs', 'container logs', 'run', 'exec', 'greet']) t.false(printsOwnWords(line.split(' ')), line);
  for (const line of ['ps', 'image pull', 'HELP']) t.true(printsOwnWords(line.split(' ')), line);
});
