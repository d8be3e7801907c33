import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { TestEngine } from '../../../support/engine.js';

/** A folder, and an engine that must not be touched: its root is not there, and cannot be made. */
function authorOf(t: ExecutionContext): {
  readonly folder: string;
  docker: (...args: string[]) => ReturnType<TestEngine['docker']>;
} {
  const engine = new TestEngine();
  const folder = mkdtempSync(join(tmpdir(), 'gantry-author-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
    rmSync(engine.root, { recursive: true });
  });
  const env = { GANTRY_ROOT: '/proc/no/such/root', GANTRY_PLUGINS: '/proc/no/plugins' };
  return { folder, docker: (...args) => engine.docker(args, { cwd: folder, env }) };
}

test('a plugin that has just begun passes its own test, with no engine at all', async (t) => {
  const { folder, docker } = authorOf(t);
  const made = await docker('plugin', 'new', 'greet');
  t.is(made.code, 0, made.stderr);
  t.regex(
    made.stdout,
    /^Wrote greet\.ts, greet\.test\.ts, gantry\.d\.ts, tsconfig\.json\.\n.*docker plugin add greet\.ts/s,
  );
  t.true(readFileSync(join(folder, 'greet.ts'), 'utf8').trimEnd().split('\n').length < 20);

  const tested = await docker('plugin', 'test');
  t.is(tested.code, 0, tested.stdout + tested.stderr);
  t.regex(tested.stdout, /greets.*pass 2\n/s);
});

test('nothing is overwritten, and types that are there are left alone', async (t) => {
  const { folder, docker } = authorOf(t);
  writeFileSync(join(folder, 'gantry.d.ts'), '// mine');
  writeFileSync(join(folder, 'greet.test.ts'), '// mine');
  const { code, stderr } = await docker('plugin', 'new', 'greet');
  t.is(code, 1);
  t.is(stderr, `Error: ${folder}/greet.test.ts is there already\n`);
  t.deepEqual(readdirSync(folder), ['gantry.d.ts', 'greet.test.ts']);

  t.is((await docker('plugin', 'new', 'other')).code, 0);
  t.is(readFileSync(join(folder, 'gantry.d.ts'), 'utf8'), '// mine');
});

test('a name that is no id is refused, and a dry run writes nothing', async (t) => {
  const { folder, docker } = authorOf(t);
  t.regex((await docker('plugin', 'new', '../x')).stderr, /'\.\.\/x' cannot be a plugin's id/);
  const dry = await docker('plugin', 'new', '--dry-run', 'greet');
  t.regex(dry.stdout, /write greet\.ts, greet\.test\.ts/, dry.stderr);
  t.deepEqual(readdirSync(folder), []);
});
