import test from 'ava';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import { parseRequestLine } from '../../../src/transport/wire/request-line.js';

const parse = (text: string) => parseRequestLine(Buffer.from(text));

test('an array is v1', (t) => {
  t.deepEqual(parse('["run","-i","base"]'), { version: 1, argv: ['run', '-i', 'base'] });
  t.deepEqual(parse('[]\r'), { version: 1, argv: [] });
  t.deepEqual(parse('null'), { version: 1, argv: [] });
});

test('an object is v2', (t) => {
  const line = {
    gantry: 2,
    argv: ['ps'],
    terminal: { stdin: true, stdout: true, stderr: false, columns: 80, rows: 24 },
    env: { TERM: 'xterm', NO_COLOR: '' },
    cwd: '/srv',
    program: '0.2.0, build 20260131T120000Z',
  };
  t.deepEqual(parse(JSON.stringify(line)), {
    version: 2,
    argv: ['ps'],
    terminal: { stdin: true, stdout: true, stderr: false, size: { columns: 80, rows: 24 } },
    env: { TERM: 'xterm', NO_COLOR: '' },
    cwd: '/srv',
    program: '0.2.0, build 20260131T120000Z',
    logins: false,
    trees: false,
  });
});

test('what a v2 client leaves out, or says wrongly, is taken as absent', (t) => {
  const bare = {
    version: 2,
    argv: ['ps'],
    terminal: { stdin: false, stdout: false, stderr: false, size: undefined },
    env: {},
    cwd: '/',
    program: undefined,
    logins: false,
    trees: false,
  };
  t.deepEqual(parse('{"gantry":2,"argv":["ps"]}') as unknown, bare);
  const odd =
    '"terminal":{"stdin":1,"columns":0,"rows":1e9},"env":{"TERM":5,"no name":"x","__proto__":"x","NO_COLOR":"a\\u0000"}';
  t.deepEqual(
    parse(`{"gantry":2,"argv":["ps"],${odd},"cwd":"relative","program":"a\\nb","__proto__":{"cwd":"/x"}}`) as unknown,
    bare,
  );
});

const REFUSED: Readonly<Record<string, [line: string | Buffer, message: RegExp]>> = {
  'a verb of http': ['GET / HTTP/1.1', /speaks rcli, not http/],
  'not JSON': ['[1,', /not JSON/],
  nothing: ['', /not JSON/],
  'a string': ['"ps"', /neither/],
  'an unknown version': ['{"gantry":3,"argv":[]}', /version/],
  'an object of something else': ['{"argv":[]}', /version/],
  'numbers as words': ['["ps",1]', /list of strings/],
  'no words': ['{"gantry":2}', /list of strings/],
  'words that are lists': ['{"gantry":2,"argv":[["ps"]]}', /list of strings/],
  'a NUL byte in a word': ['["ps","a\\u0000b"]', /NUL/],
  'bytes that are not UTF-8': [Buffer.from('5b22ff225d', 'hex'), /not JSON/],
  'very deep JSON': ['['.repeat(500_000) + ']'.repeat(500_000), /not JSON/],
};

for (const [what, [line, message]] of Object.entries(REFUSED)) {
  test(`refused: ${what}`, (t) => {
    t.throws(() => parseRequestLine(Buffer.from(line as string)), { instanceOf: GantryError, message });
  });
}
