import test from 'ava';
import { engineFor, imageTar } from '../support/engine.js';
import { answersOf, readRecorded } from './answers.js';
import { readCases } from './cases.js';
import { readDecisions } from './decisions.js';
import { differences, isDecided, report } from './differences.js';

const given = engineFor(test);

test('templates and fields are as Docker has answered, but for what is decided', async (t) => {
  const { engine } = given;
  await engine.ok('rmi', 'busybox');
  await engine.ok('import', '-c', 'CMD ["sh"]', imageTar('busybox'), 'busybox');
  const [recorded, decisions] = [readRecorded(), readDecisions()];
  const answering = { folder: engine.root, run: (args: readonly string[]) => engine.quick(args) };
  const found: string[] = [];
  for (const one of readCases(['formats'])) {
    const wanted = recorded.get(one.line);
    if (!wanted) throw new Error(`no answer of Docker is recorded for: ${one.line}`);
    const all = differences(one, wanted, await answersOf(answering, one));
    const left = all.filter((difference) => !isDecided(difference, decisions));
    if (left.length > 0) found.push(report(one, left));
  }
  t.deepEqual(found, []);
});
