import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('rename gives a name, once, and tells of it', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'one', 'busybox', 'true');
  await engine.ok('create', '--name', 'two', 'busybox', 'true');
  await engine.ok('rename', 'one', 'three');
  t.is((await engine.docker(['inspect', 'one'])).code, 1);
  t.regex(await engine.ok('events', '--since', '1m', '--until', '0s'), /container rename .*name=three.*oldName=\/one/);
  const refused = async (...words: string[]) => (await engine.docker(['rename', ...words])).stderr;
  t.regex(await refused('three', 'two'), /The container name "\/two" is already in use/);
  t.regex(await refused('three', 'three'), /Renaming a container with the same name as its current name/);
  t.regex(await refused('three', '?'), /Invalid container name \(\?\)/);
  t.regex(await refused('nosuch', 'four'), /No such container: nosuch/);
});
