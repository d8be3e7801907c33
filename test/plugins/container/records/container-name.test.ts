import test from 'ava';
import { shortId } from '../../../../src/kernel/index.js';
import { newContainerId } from '../../../../src/plugins/container/records/container-id.js';
import { checkName, randomName } from '../../../../src/plugins/container/records/container-name.js';

test('ids are 64 hex digits whose short form is no number', (t) => {
  for (let count = 0; count < 500; count++) {
    const id = newContainerId();
    t.regex(id, /^[0-9a-f]{64}$/);
    t.notRegex(shortId(id), /^\d+$/);
  }
});

test('names are an adjective and a surname, with a digit after a collision', (t) => {
  t.regex(randomName(0), /^[a-z]+_[a-z]+$/);
  t.regex(randomName(1), /^[a-z]+_[a-z]+\d$/);
});

for (const name of ['web', 'a1', 'A.b-c_d']) {
  test(`'${name}' is a name`, (t) => t.is(checkName(name), name));
}

test('the slash that inspect shows is no part of a name', (t) => t.is(checkName('/web'), 'web'));

for (const name of ['', 'a', '/', '/a', '//web', '-web', '.web', 'a b', 'a/b', 'ä', '../x', 'a\nb']) {
  test(`${JSON.stringify(name)} is no name`, (t) => {
    t.throws(() => checkName(name), { message: /^Invalid container name/ });
  });
}
