import test from 'ava';
import { type ErrorKind, GantryError } from '../../../src/kernel/contracts/errors.js';
import { exitCodeOf, failureOf, failureText } from '../../../src/kernel/text/failures.js';

const codes: [kind: ErrorKind, plainCommand: number, containerCommand: number][] = [
  ['usage', 125, 125],
  ['not executable', 126, 126],
  ['no such program', 127, 127],
  ['not found', 1, 125],
  ['conflict', 1, 125],
  ['invalid', 1, 125],
  ['unavailable', 1, 125],
  ['denied', 1, 125],
];

for (const [kind, plainCommand, containerCommand] of codes) {
  test(`the exit codes of '${kind}'`, (t) => {
    const error = new GantryError(kind, 'x');
    t.is(exitCodeOf(error), plainCommand);
    t.is(exitCodeOf(error, { failureExitCode: 125 }), containerCommand);
    t.is(exitCodeOf(new GantryError(kind, 'x', { exitCode: 7 }), { failureExitCode: 125 }), 7);
  });
}

test('a bug fails like an engine failure, in one line', (t) => {
  const bug = new TypeError('x is undefined\n  at somewhere');
  t.is(exitCodeOf(bug), 1);
  t.is(exitCodeOf(bug, { failureExitCode: 125 }), 125);
  t.deepEqual(failureOf(bug), { kind: 'internal', message: 'internal error: x is undefined' });
  t.deepEqual(failureOf('thrown text'), { kind: 'internal', message: 'internal error: thrown text' });
});

test('a failure carries kind, message and hint, and no cause', (t) => {
  const error = new GantryError('not found', 'No such image: x', { hint: 'try import', cause: new Error('secret') });
  t.deepEqual(failureOf(error), { kind: 'not found', message: 'No such image: x', hint: 'try import' });
  t.deepEqual(failureOf(new GantryError('denied', 'no')), { kind: 'denied', message: 'no' });
});

test('an engine failure is one line', (t) => {
  const failure = { kind: 'not found', message: 'No such container: x' } as const;
  t.is(failureText(failure, 'Error response from daemon: '), 'Error response from daemon: No such container: x\n');
  t.is(failureText({ ...failure, hint: "see 'docker ps -a'" }, ''), "No such container: x (see 'docker ps -a')\n");
});

test("a usage failure is Docker's block, without the prefix", (t) => {
  const hint = "Usage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information";
  t.is(
    failureText({ kind: 'usage', message: 'unknown flag: --bad', hint }, 'Error: '),
    "unknown flag: --bad\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information\n",
  );
  t.is(failureText({ kind: 'usage', message: 'bad' }, 'Error: '), 'bad\n');
});

test('a message cannot command the terminal', (t) => {
  t.is(
    failureText({ kind: 'conflict', message: 'a\x1b]0;x\x07\nb', hint: '\x9b' }, ''),
    'a\\x1b]0;x\\x07\\nb (\\x9b)\n',
  );
  t.is(failureText({ kind: 'usage', message: '\x1b[2J', hint: '\x1b\n\x07' }, ''), '\\x1b[2J\n\n\\x1b\n\\x07\n');
});

test('a cleanup that fails after it hides neither what failed first nor its exit code', (t) => {
  const first = new GantryError('no such program', 'there is no such program');
  const thrown = t.throws(
    () => {
      using cleanup = new DisposableStack();
      for (const name of ['one', 'two']) {
        cleanup.defer(() => {
          throw new Error(`cleanup ${name}`);
        });
      }
      throw first;
    },
    { instanceOf: SuppressedError },
  );
  t.like(failureOf(thrown), { kind: 'no such program', message: 'there is no such program' });
  t.is(exitCodeOf(thrown), 127);
});
