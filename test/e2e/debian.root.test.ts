import test from 'ava';
import { TestEngine } from '../support/engine.js';

/** The second real image: a distribution, with a dynamic linker, users, and links for its folders. */
let engine: TestEngine;

test.before(async () => {
  engine = await TestEngine.withDaemon();
  await engine.importImage('debian');
});

test.after.always(() => engine.destroy());

test('its programs run, and find their own files', async (t) => {
  t.regex(await engine.ok('run', '--rm', 'debian', 'cat', '/etc/os-release'), /^ID=debian$/m);
  t.is(await engine.ok('run', '--rm', '-u', 'www-data:daemon', 'debian', 'id', '-un'), 'www-data');
  t.is(await engine.ok('run', '--rm', '-w', '/usr/lib/../share', 'debian', 'bash', '-c', 'pwd'), '/usr/share');
  t.is(await engine.ok('run', '--rm', 'debian', 'dpkg', '--verify'), '');
});

test('perl writes a file that diff shows and a second image keeps', async (t) => {
  const script = 'open(F, ">", "/srv/made"); print F "by perl"';
  t.is((await engine.docker(['run', '--name', 'perl', 'debian', 'perl', '-e', script])).code, 0);
  t.is(await engine.ok('diff', 'perl'), 'C /srv\nA /srv/made');
  await engine.ok('commit', 'perl', 'debian:made');
  t.is(await engine.ok('run', '--rm', 'debian:made', 'cat', '/srv/made'), 'by perl');
});

test('a program that the kernel cannot execute gives 126', async (t) => {
  const script = 'printf "\\x7fELF nonsense" > /bad; chmod 755 /bad';
  await engine.docker(['run', '--name', 'maker', 'debian', 'bash', '-c', script]);
  await engine.ok('commit', 'maker', 'debian:bad');
  const { code, stderr } = await engine.docker(['run', '--rm', 'debian:bad', '/bad']);
  t.is(code, 126);
  t.regex(stderr, /^[^\n]*exec[^\n]*\n$/i);
});
