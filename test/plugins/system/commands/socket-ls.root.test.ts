import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('socket ls lists sockets by path, with what they allow', async (t) => {
  const { engine } = given;
  const path = (name: string): string => `${engine.root}/${name}.sock`;
  await engine.ok('socket', 'create', '--allow', 'destroy', '--allow', 'write,read', '--mode', '0666', path('b'));
  await engine.ok('socket', 'create', path('a'));
  const rows = (await engine.ok('socket', 'list')).split('\n').map((row) => row.split(/ +/));
  t.deepEqual(rows, [
    ['PATH', 'ALLOWS', 'MODE', 'STATUS'],
    [path('a'), 'read', '0660', 'listening'],
    [path('b'), 'read,write,destroy', '0666', 'listening'],
  ]);
});
