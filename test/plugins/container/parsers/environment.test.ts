import test from 'ava';
import {
  mergeEnvironment,
  parseEnvironment,
  parseEnvironmentFile,
} from '../../../../src/plugins/container/parsers/environment.js';

const client = (name: string): string | undefined => ({ TERM: 'xterm', EMPTY: '' })[name];
const file = (text: string): string[] => parseEnvironmentFile('vars', text, client);

test('one variable', (t) => {
  t.deepEqual(parseEnvironment('A=1', client), ['A=1']);
  t.deepEqual(parseEnvironment('A=', client), ['A=']);
  t.deepEqual(parseEnvironment('A=b=c d', client), ['A=b=c d']);
  t.deepEqual(parseEnvironment('TERM', client), ['TERM=xterm']);
  t.deepEqual(parseEnvironment('EMPTY', client), ['EMPTY=']);
  t.deepEqual(parseEnvironment('UNSET', client), ['UNSET']);
});

for (const entry of ['', '=x', '=', 'A=\0']) {
  test(`no variable: ${JSON.stringify(entry)}`, (t) => {
    t.like(
      t.throws(() => parseEnvironment(entry, client)),
      { kind: 'usage' },
    );
  });
}

test('a file of variables', (t) => {
  const text = '\ufeffA=1\r\n# comment\n\n   # another\n  B= two words "quoted" # kept \nTERM\nUNSET\nC=\nD==x';
  t.deepEqual(file(text), ['A=1', 'B= two words "quoted" # kept ', 'TERM=xterm', 'C=', 'D==x']);
  t.deepEqual(file(''), []);
});

test('bad lines, in the words of Docker', (t) => {
  const refused = (text: string, reason: string) => {
    t.like(
      t.throws(() => file(text)),
      { kind: 'invalid', message: `poorly formatted environment: ${reason} (vars)` },
    );
  };
  refused('A=1\nB C=2', "variable 'B C' contains whitespaces");
  refused('B =2', "variable 'B ' contains whitespaces");
  refused('export A=1', "variable 'export A' contains whitespaces");
  refused('=2', "no variable name on line '=2'");
  refused('A=\0', "variable 'A' contains a null byte");
});

test('the last value wins in the place of the first, a bare name takes the variable away', (t) => {
  t.deepEqual(mergeEnvironment(['A=1', 'B=2', 'C=3'], ['D=4', 'A=5', 'B', 'UNKNOWN']), ['A=5', 'C=3', 'D=4']);
  // What an image has stays as it is.
  t.deepEqual(mergeEnvironment(['X', 'A=1', 'A=2', 'B=1', 'B=2'], ['B=3']), ['X', 'A=1', 'A=2', 'B=3']);
});
