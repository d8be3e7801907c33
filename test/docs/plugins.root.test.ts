import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { DOCKER, PROJECT } from '../support/engine.js';
import { type PluginEngine, pluginsFor } from '../support/plugin-folder.js';
import { blocksOf, matches, type Step } from './blocks.js';

const it = pluginsFor(test);
/** What the document calls the folder of plugins. */
const FOLDER = '/etc/gantry/plugins';

test('the tutorial does what it says, block by block', async (t) => {
  const { plugins } = it;
  const wrong: string[] = [];
  for (const block of blocksOf(readFileSync(join(PROJECT, 'docs/plugins.md'), 'utf8'))) {
    if (block.kind === 'file') await plugins.write(block.name, block.text);
    else for (const step of block.steps) wrong.push(...(await tried(step, plugins)));
  }
  t.deepEqual(wrong, []);
});

/** Some things take a moment: a container's end, a changed file. @returns what came instead */
async function tried({ command, expected, line }: Step, plugins: PluginEngine): Promise<readonly string[]> {
  let said = '';
  for (let attempt = 0; attempt < 400; attempt++) {
    said = await shell(command.replaceAll(FOLDER, plugins.folder), plugins);
    if (matches(said.replaceAll(plugins.folder, FOLDER), expected)) return [];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [`line ${line}: ${command}\n${said}`];
}

function shell(command: string, { engine, folder }: PluginEngine): Promise<string> {
  const env = { ...engine.env, PATH: `${dirname(DOCKER)}:${engine.env['PATH']}`, GANTRY_PLUGINS: folder };
  return new Promise((resolve) => {
    execFile('sh', ['-c', `${command} 2>&1`], { cwd: folder, env }, (_, stdout) => resolve(stdout));
  });
}
