import test, { type ExecutionContext } from 'ava';
import { Recorder } from '../../../src/kernel/dry-run/recorder.js';
import { Volumes, volume } from '../../../src/plugins/volume/index.js';
import { realVolumes } from './support.js';

/** Real volumes `used` and `free`, and a stand-in for them. */
async function setUp(t: ExecutionContext) {
  const { volumes } = await realVolumes(t);
  volumes.ensure('used');
  volumes.hold('used', 'container');
  volumes.ensure('free');
  const recorder = new Recorder('docker x');
  const provider = volume.provides.find(({ token }) => token.symbol === Volumes.symbol);
  if (!provider) throw new Error('the plugin provides no volumes');
  const standIn = (await recorder.proxyOf(volumes, { provider, plugin: volume })) as Volumes;
  return { volumes, standIn, steps: () => recorder.steps.map(({ effect, says }) => `${effect}: ${says}`) };
}

test('making and removing volumes is planned, with what would be refused', async (t) => {
  const { volumes, standIn, steps } = await setUp(t);
  t.like(standIn.ensure('free'), { name: 'free', path: volumes.get('free').path });
  t.like(standIn.ensure('new'), { name: 'new', anonymous: false });
  t.like(standIn.ensure(''), { anonymous: true });
  await standIn.remove('free');
  t.like(await t.throwsAsync(standIn.remove('nosuch')), { kind: 'not found', message: 'No such volume: nosuch' });
  const message = 'remove used: volume is in use - [container]';
  t.like(await t.throwsAsync(standIn.remove('used')), { kind: 'conflict', message });
  t.like(await t.throwsAsync(volumes.remove('used')), { kind: 'conflict', message });
  t.deepEqual(steps(), [
    'write: create volume new',
    'write: create an anonymous volume',
    'destroy: remove volume free',
  ]);
  t.deepEqual(
    standIn.list().map(({ name }) => name),
    ['free', 'used'],
  );
});

test('who holds a volume is the engine to say, not a command', async (t) => {
  const { volumes, standIn } = await setUp(t);
  t.like(
    t.throws(() => standIn.hold('free', 'x')),
    { kind: 'unavailable' },
  );
  t.deepEqual(volumes.holdersOf('free'), []);
});

test('a bad name is refused in a plan, too', async (t) => {
  const { standIn } = await setUp(t);
  t.like(
    t.throws(() => standIn.ensure('-')),
    { kind: 'invalid' },
  );
});
