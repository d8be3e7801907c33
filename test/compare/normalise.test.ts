import test from 'ava';
import { words } from './cases.js';
import { normalised, normalisedWords } from './normalise.js';

const ID = '0123456789abcdef'.repeat(4);

test('what differs from run to run is made equal', (t) => {
  const text = `${ID}  ${ID.slice(0, 12)}\n2026-12-01T10:00:00.5Z 02:42:ac:11:00:02  172.17.0.2\n/root/volumes/v1/_data About a minute ago`;
  t.is(normalised(text, '/root'), '<id> <id>\n<time> <mac> <address>\n<volume> <span> ago');
  t.is(normalised('a   b', '/root'), 'a b');
});

test('of an error the first line counts, without who says it and what is added', (t) => {
  const ours = 'Error response from daemon: No such container: x (see docker ps)\n';
  t.is(normalisedWords(ours, '/root'), 'No such container: x');
  t.is(
    normalisedWords("docker: Error response from daemon: No such container: x.\nSee 'docker run --help'.\n", '/root'),
    'No such container: x',
  );
  t.is(normalisedWords('unknown flag: --bad\n\nUsage:  docker ps\n', '/root'), 'unknown flag: --bad');
});

test('a line is split into words as a shell does it', (t) => {
  t.deepEqual(words(`run -e 'A=b c' "d e"f '' x`), ['run', '-e', 'A=b c', 'd ef', '', 'x']);
});
