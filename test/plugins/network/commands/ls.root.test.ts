import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('networks are listed, filtered, described and removed', async (t) => {
  const { engine } = given;
  const id = await engine.ok('network', 'create', '--label', 'team=web', '--subnet', '10.211.77.0/28', 'front');
  await engine.ok('network', 'create', '--internal', 'back');
  const [header, ...lines] = (await engine.ok('network', 'ls')).split('\n').map((line) => line.split(/ {2,}/));
  t.deepEqual(header, ['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE']);
  t.deepEqual(lines.at(-1), [id.slice(0, 12), 'front', 'bridge', 'local']);
  const named = async (...flags: string[]): Promise<string[]> =>
    (await engine.ok('network', 'ls', '-q', '--no-trunc', ...flags)).split('\n');
  t.is((await named()).length, 3);
  t.deepEqual(await named('-f', 'label=team'), [id]);
  t.deepEqual(await named('-f', 'name=fron'), [id]);
  t.deepEqual(await named('-f', `id=${id.slice(0, 8)}`, '-f', 'driver=bridge'), [id]);

  const [front, back] = JSON.parse(await engine.ok('network', 'inspect', id.slice(0, 10), 'back'));
  t.like(front, { Name: 'front', Id: id, Internal: false, Labels: { team: 'web' }, Containers: {} });
  t.deepEqual(front.IPAM.Config[0], { Subnet: '10.211.77.0/28', Gateway: '10.211.77.1' });
  t.true(back.Internal);

  await engine.ok(
    'run',
    '-d',
    '--name',
    'web',
    '--network',
    'front',
    '--ip',
    '10.211.77.9',
    'busybox',
    'sleep',
    '1000',
  );
  const [busy] = JSON.parse(await engine.ok('network', 'inspect', 'front'));
  t.like(Object.values(busy.Containers)[0], { Name: 'web', IPv4Address: '10.211.77.9/28' });
  const [web] = JSON.parse(await engine.ok('inspect', 'web'));
  t.like(web.NetworkSettings.Networks.front, { NetworkID: id, IPAddress: '10.211.77.9', Gateway: '10.211.77.1' });

  const refused = await engine.docker(['network', 'rm', 'front', 'bridge', 'nope']);
  t.is(refused.code, 1);
  t.regex(
    refused.stderr,
    /has active endpoints \(web\)[\s\S]*bridge is a pre-defined network[\s\S]*network nope not found/,
  );
  t.is(await engine.ok('network', 'prune', '-f'), 'Deleted Networks:\nback\n');
  await engine.ok('rm', '-f', 'web');
  t.is(await engine.ok('network', 'rm', 'front'), 'front');
  t.is((await named()).length, 1);
});

test.serial('completion knows networks, and what else --network takes', async (t) => {
  const { engine } = given;
  await engine.ok('network', 'create', 'site');
  t.regex(await engine.ok('__complete', 'network', 'rm', 's'), /^site$/m);
  t.regex(
    await engine.ok('__complete', 'run', '--network', ''),
    /^bridge$[\s\S]*^site$[\s\S]*^host$[\s\S]*^none$[\s\S]*^container:$/m,
  );
  await engine.ok('network', 'rm', 'site');
});
