import test from 'ava';
import { provide } from '../../../../src/kernel/index.js';
import { PluginRegistry } from '../../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../../src/kernel/services/service-host.js';
import { Containers } from '../../../../src/plugins/container/contracts/index.js';
import { ContainersDouble } from '../../../../src/plugins/container/services/containers-double.js';
import { containersContract } from '../../../contracts/containers.js';

containersContract(test, async () => new ContainersDouble());

test('what a program would decide is refused, not made up', async (t) => {
  const containers = new ContainersDouble();
  await containers.create({ image: 'debian:latest', name: 'box' });
  await containers.start('box');
  const message = 'a double runs no program, so container box has no output';
  t.like(await t.throwsAsync(containers.logs('box')), { kind: 'unavailable', message });
  t.like(await t.throwsAsync(containers.kill('box', 'HUP')), { kind: 'unavailable' });
  t.is((await containers.get('box')).status, 'running');
});

test('it is a service like any other, which needs none', async (t) => {
  const provides = [provide(Containers, async () => ContainersDouble)];
  const host = new ServiceHost(new PluginRegistry([{ id: 'doubles', api: 1, provides }]));
  await host.ensure([Containers]);
  t.deepEqual(await host.resolve(Containers).list(), []);
});
