import test from 'ava';
import { ContainersDouble } from '../../../src/plugins/container/containers-double.js';
import { containersContract } from '../../contracts/containers.js';

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
