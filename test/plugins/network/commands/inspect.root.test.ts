import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('networks are described, with who is on them', async (t) => {
  const { engine } = given;
  const id = await engine.ok('network', 'create', '--label', 'team=web', '--subnet', '10.211.77.0/28', 'front');
  await engine.ok(
    ...['network', 'create', '--internal', '-o', 'com.docker.network.driver.mtu=9000'],
    ...['-o', 'com.docker.network.bridge.enable_icc=false', 'back'],
  );
  const [front, back] = JSON.parse(await engine.ok('network', 'inspect', id.slice(0, 10), 'back'));
  t.like(front, { Name: 'front', Id: id, Internal: false, Labels: { team: 'web' }, Containers: {} });
  t.deepEqual(front.IPAM.Config[0], { Subnet: '10.211.77.0/28', Gateway: '10.211.77.1' });
  t.true(back.Internal);
  t.is(back.Options['com.docker.network.driver.mtu'], '9000');
  t.is(back.Options['com.docker.network.bridge.enable_icc'], 'false');

  const place = ['--network', 'front', '--ip', '10.211.77.9'];
  await engine.ok('run', '-d', '--name', 'web', ...place, 'busybox', 'sleep', '1000');
  const [busy] = JSON.parse(await engine.ok('network', 'inspect', 'front'));
  t.like(Object.values(busy.Containers)[0], { Name: 'web', IPv4Address: '10.211.77.9/28' });
  const [web] = JSON.parse(await engine.ok('inspect', 'web'));
  t.like(web.NetworkSettings.Networks.front, { NetworkID: id, IPAddress: '10.211.77.9', Gateway: '10.211.77.1' });
});

test.serial('host and none are described, too', async (t) => {
  const { engine } = given;
  const [host, none] = JSON.parse(await engine.ok('network', 'inspect', 'host', 'none'));
  t.like(host, { Name: 'host', Driver: 'host', Scope: 'local', Containers: {} });
  t.like(none, { Name: 'none', Driver: 'null' });
  const ids = await engine.ok('network', 'ls', '-q', '-f', 'name=host');
  t.is(await engine.ok('network', 'inspect', '-f', '{{.Name}}', ids), 'host');
});

test.serial('--format', async (t) => {
  const { engine } = given;
  const template = '{{.Name}} {{range .IPAM.Config}}{{.Subnet}} {{end}}';
  t.regex(await engine.ok('network', 'inspect', '--format', template, 'front'), /^front 10\.211\.77\.0\/28 /);
  t.is(JSON.parse(await engine.ok('network', 'inspect', '-f', 'json', 'front'))[0].Name, 'front');
});

test.serial('one that is not there does not hide the others', async (t) => {
  const { code, stdout, stderr } = await given.engine.docker(['network', 'inspect', 'nope', 'bridge']);
  t.is(code, 1);
  t.is(JSON.parse(stdout)[0].Name, 'bridge');
  t.regex(stderr, /network nope not found/);
});
