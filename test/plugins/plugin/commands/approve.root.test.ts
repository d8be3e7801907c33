import test from 'ava';
import { commandPlugin, pluginsFor } from '../../../support/plugins.js';

const given = pluginsFor(test);

test('plugin approve lets a plugin do more, and take the place of a command that is named', async (t) => {
  const { engine } = given;
  const ps = commandPlugin('other-ps', "stdout.write('mine\\n');", { command: 'ps', more: "replaces: ['ps']" });
  engine.drop('other-ps.ts', ps);
  t.regex((await engine.until('other-ps', 'pending')).reason, /replace:ps/);
  const { code, stderr } = await engine.docker(['plugin', 'approve', 'other-ps']);
  t.is(code, 1);
  t.regex(stderr, /take the place of the command 'ps' .*--replace ps other-ps/);
  t.regex((await engine.docker(['plugin', 'approve', '--replace', 'run', 'other-ps'])).stderr, /'run'/);
  t.regex(await engine.ok('ps'), /^CONTAINER ID/);
  t.is(await engine.ok('plugin', 'approve', '--replace', 'ps', 'other-ps'), 'other-ps: no rights');
  t.is(await engine.ok('ps'), 'mine');
  t.regex(await engine.ok('container', 'ls'), /^CONTAINER ID/);
  await engine.ok('plugin', 'rm', 'other-ps');
});
