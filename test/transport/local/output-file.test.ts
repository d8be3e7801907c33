import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { OutputFile } from '../../../src/transport/local/output-file.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-output-'));
test.after.always(() => rmSync(folder, { recursive: true }));

test.serial('a file is written under a name that nobody can have made a link of', (t) => {
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'precious');
  for (let pid = process.pid - 50; pid < process.pid + 50; pid++)
    symlinkSync(victim, join(folder, `.x.tar.${pid}.part`));
  const names = new Set<string>();
  for (let round = 0; round < 2; round++) {
    const before = readdirSync(folder);
    const file = OutputFile.open(join(folder, 'x.tar'));
    const [name = ''] = readdirSync(folder).filter((each) => !before.includes(each));
    names.add(name);
    t.is(statSync(join(folder, name)).mode & 0o777, 0o600);
    file.output(() => t.fail()).write(Buffer.from(`round ${round}`));
    t.deepEqual(file.outcome({ exitCode: 0 }), { exitCode: 0 });
    t.is(readFileSync(join(folder, 'x.tar'), 'utf8'), `round ${round}`);
  }
  t.is(names.size, 2);
  t.is(readFileSync(victim, 'utf8'), 'precious');
});

test.serial('the longest names leave room for what is added; a failed call leaves nothing', (t) => {
  const before = readdirSync(folder);
  const file = OutputFile.open(join(folder, 'ä'.repeat(127)));
  file.outcome({ exitCode: 1 });
  t.deepEqual(readdirSync(folder), before);
});
