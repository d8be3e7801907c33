import test from 'ava';
import { imageCalls } from '../support/client.js';
import { imageOf, imported } from '../support/imported.js';

test('tag moves a name, and refuses what is none', async (t) => {
  const calls = imageCalls(t);
  const [one, two] = [await imported(calls, 'a'), await imported(calls, 'b')];
  await calls.docker(['tag', '-f', one, 'x']);
  t.is((await imageOf(calls, 'x')).id, one);
  await calls.docker(['tag', 'b', 'x', 'latest']);
  t.is((await imageOf(calls, 'x')).id, two);
  t.like(await calls.docker(['tag', 'nope', 'x']), { exitCode: 1, failure: 'No such image: nope:latest' });
  t.like(await calls.docker(['tag', 'a', `x@sha256:${'0'.repeat(64)}`]), {
    exitCode: 1,
    failure: 'refusing to create a tag with a digest reference',
  });
  t.like(await calls.docker(['tag', 'a', 'sha256:aaaa']), {
    exitCode: 1,
    failure: 'refusing to create an ambiguous tag using digest algorithm as name',
  });
});
