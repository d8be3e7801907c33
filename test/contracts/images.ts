import type { ExecutionContext, TestFn } from 'ava';
import type { ImagesApi } from '../../src/plugins/image/services/images-api.js';
import { IMAGES_EFFECTS } from '../../src/plugins/image/services/images-api-dry-run.js';

/**
 * What every Images must do, whatever keeps them.
 * @param make gives an engine with the images `busybox` and `debian`, which nothing needs
 */
export function imagesContract(test: TestFn, make: (t: ExecutionContext) => Promise<ImagesApi>): void {
  test('contract: images are listed and found by name, id and prefix, as plain data', async (t) => {
    const images = await make(t);
    const all = await images.list();
    t.deepEqual(all.flatMap(({ names }) => names).sort(), ['busybox:latest', 'debian:latest']);
    const busybox = await images.get('busybox');
    t.like(busybox, { names: ['busybox:latest'], parent: '' });
    t.regex(busybox.id, /^sha256:[0-9a-f]{64}$/);
    t.true(busybox.created > 0 && busybox.size >= 0);
    const hex = busybox.id.slice('sha256:'.length);
    for (const reference of ['busybox:latest', busybox.id, hex, hex.slice(0, 20)]) {
      t.deepEqual(await images.get(reference), busybox);
    }
    t.true(all.some(({ id }) => id === busybox.id));
    t.deepEqual(structuredClone(all), all);
    const message = 'No such image: nothing:latest';
    t.like(await t.throwsAsync(images.get('nothing')), { kind: 'not found', message });
  });

  test('contract: an image has a history, the newest step first', async (t) => {
    const images = await make(t);
    const { id } = await images.get('busybox');
    const [step, ...more] = await images.history('busybox');
    t.like(step, { imageId: id, createdBy: '' });
    t.true((step?.created ?? 0) > 0);
    t.deepEqual(more, []);
  });

  test('contract: names come, move and go; an image without a name stays', async (t) => {
    const images = await make(t);
    const { id } = await images.get('busybox');
    await images.tag('busybox', 'me/tool:1');
    t.deepEqual((await images.get(id)).names, ['busybox:latest', 'me/tool:1']);
    await images.tag('debian', 'me/tool:1');
    t.deepEqual((await images.get(id)).names, ['busybox:latest']);
    await images.untag('busybox');
    t.deepEqual((await images.get(id)).names, []);
    t.like(await t.throwsAsync(images.untag('busybox')), { kind: 'not found' });
  });

  test('contract: removal takes all names along', async (t) => {
    const images = await make(t);
    await images.tag('busybox', 'other');
    await images.remove('busybox');
    t.deepEqual(
      (await images.list()).map(({ names }) => names),
      [['debian:latest']],
    );
    t.like(await t.throwsAsync(images.remove('other')), { kind: 'not found', message: 'No such image: other:latest' });
  });

  test('contract: a plan says what would be done, does nothing, and refuses alike', async (t) => {
    const images = await make(t);
    const before = await images.list();
    const { tag, untag, remove } = IMAGES_EFFECTS;
    if (typeof tag !== 'object' || typeof untag !== 'object' || typeof remove !== 'object') throw new Error('no plan');
    const id = (await images.get('busybox')).id.slice('sha256:'.length).slice(0, 12);
    t.is((await tag.plan(images, 'busybox', 'new')).says, `tag image ${id} as new`);
    t.is((await untag.plan(images, 'busybox')).says, 'take the name busybox away from its image');
    t.is((await remove.plan(images, 'busybox')).says, 'remove image busybox:latest');
    t.deepEqual(await images.list(), before);
    for (const call of [() => images.remove('nothing'), async () => remove.plan(images, 'nothing')]) {
      t.like(await t.throwsAsync(call()), { kind: 'not found', message: 'No such image: nothing:latest' });
    }
    for (const call of [() => images.tag('busybox', 'BAD'), async () => tag.plan(images, 'busybox', 'BAD')]) {
      t.like(await t.throwsAsync(call()), { kind: 'invalid' });
    }
    for (const call of [() => images.untag('nothing'), async () => untag.plan(images, 'nothing')]) {
      t.like(await t.throwsAsync(call()), { kind: 'not found', message: 'No such image: nothing:latest' });
    }
  });

  test('contract: arguments of wrong types are refused by name', async (t) => {
    const images = await make(t);
    const wrong = 1 as unknown as string;
    for (const call of [() => images.get(wrong), () => images.history(wrong), () => images.remove(wrong)]) {
      t.like(await t.throwsAsync(call()), { kind: 'invalid', message: "'reference' must be a string" });
    }
    for (const call of [() => images.untag(wrong), () => images.tag('busybox', wrong)]) {
      t.like(await t.throwsAsync(call()), { kind: 'invalid', message: "'name' must be a string" });
    }
  });
}
