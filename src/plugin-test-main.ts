import { pathToFileURL } from 'node:url';
import { failureText, outcomeOf } from './kernel/border.js';
import { provideGantry, registerModule } from './kernel/guest/lend.js';
import * as surface from './kernel/guest/surface.js';
import { compileTest } from './kernel/testing/test-files.js';
import { engine } from './plugin-testing.js';
import { builtinPlugins } from './plugins/index.js';

/** The process of `docker plugin test`: compiles the files of its command line, and hands them to node:test. */
const open = builtinPlugins.flatMap(({ provides = [] }) => provides).filter((provider) => provider.open);
const names = [...Object.keys(surface), ...open.map(({ token }) => token.label)];
provideGantry({ ...surface, engine });
for (const file of process.argv.slice(2)) {
  try {
    const code = await compileTest(file, names);
    await import(registerModule(code, pathToFileURL(file).href));
  } catch (error) {
    const { failure } = outcomeOf(error);
    if (failure)
      process.stderr.write(
        failure.kind === 'internal' ? `${(error as Error).stack}\n` : failureText(failure, 'Error: '),
      );
    process.exitCode = 1;
  }
}
