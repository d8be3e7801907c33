import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { GantryError } from '../../../src/kernel/index.js';
import { inspectEach } from '../../../src/kernel/lists/inspect-each.js';

const OBJECTS: Readonly<Record<string, object>> = { a: { Name: 'a\u001b', List: [1] }, b: { Name: 'b\u009b' } };

async function inspected(args: readonly string[], format: string, isTerminal = false): Promise<unknown> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const all = [text(stdout), text(stderr)];
  const terminal = { stdout: isTerminal } as never;
  const code = await inspectEach({ args, stdout, stderr, terminal }, format, (name) => {
    const found = OBJECTS[name];
    if (!found) throw new GantryError('not found', `No such thing: ${name}`);
    return found;
  });
  stdout.end();
  stderr.end();
  return [code, ...(await Promise.all(all))];
}

for (const names of [[], ['a'], ['a', 'b', 'a']]) {
  const values = names.map((name) => OBJECTS[name]);
  const escaped = (json: string): string => `${json.replaceAll('\u009b', '\\u009b')}\n`;
  test(`the JSON of ${names.length} objects`, async (t) => {
    t.deepEqual(await inspected(names, ''), [0, escaped(JSON.stringify(values, undefined, 4)), '']);
    t.deepEqual(await inspected(names, ' json'), [0, escaped(JSON.stringify(values)), '']);
  });
}

test('a template for each; what is missing is told at the end', async (t) => {
  const expected = [1, 'a\u001b\nb\u009b\n', 'Error: No such thing: x\\x1b\n'];
  t.deepEqual(await inspected(['a', 'x\u001b', 'b'], '{{.Name}}'), expected);
  t.deepEqual(await inspected(['a'], '{{.Name}}', true), [0, 'a\\x1b\n', '']);
});
