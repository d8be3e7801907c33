import { Writable } from 'node:stream';
import test from 'ava';
import type { Client } from '../../../src/kernel/contracts/client.js';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import { Explanation } from '../../../src/kernel/dry-run/explanation.js';
import { Recorder } from '../../../src/kernel/dry-run/recorder.js';
import type { CommandEntry } from '../../../src/kernel/registry/plugin-registry.js';

async function told(run: (recorder: Recorder, explanation: Explanation) => Promise<number>): Promise<string> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const client = { stdout, stderr: stdout, terminal: {}, env: {}, cwd: '/' } as unknown as Client;
  const entry = { plugin: { id: 'container', api: 1 } } as unknown as CommandEntry;
  const explanation = new Explanation('run', entry, { effects: ['write', 'exec'] } as never);
  const recorder = new Recorder('docker run');
  const exitCode = await explanation.tell(client, recorder, () => run(recorder, explanation));
  return `${text}${exitCode}`;
}

const HEAD = "docker run: a command of plugin 'container'; effects: write, exec\n";

test('it says whose the command is, who has a say, and what would be changed', async (t) => {
  const text = await told(async (recorder, explanation) => {
    explanation.note('policy', true, 'goes on');
    recorder.note('write', 'create container web');
    return 0;
  });
  t.is(text, `${HEAD}plugin 'policy' stands around it and must agree: goes on\nwould create container web\n0`);
});

test('a refusal is an explanation, and what plugins say cannot reach the terminal', async (t) => {
  const text = await told(async (_, explanation) => {
    explanation.note('policy', false, 'refuses: \x1b[2J');
    throw new GantryError('denied', 'not here');
  });
  t.is(text, `${HEAD}plugin 'policy' stands around it: refuses: \\x1b[2J\nfails: not here\n0`);
});

test('where nothing would change, it says so', async (t) => {
  t.is(await told(async () => 0), `${HEAD}would change nothing\n0`);
});
