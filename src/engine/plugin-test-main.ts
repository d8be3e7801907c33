import { pathToFileURL } from 'node:url';
import { failureText, outcomeOf } from '../kernel/text/index.js';
import { surface } from '../kernel/third-party/api/index.js';
import { provideGantry, registerModule } from '../kernel/third-party/guest/index.js';
import { compileTest } from '../kernel/third-party/testing/index.js';
import { builtinPlugins } from '../plugins/index.js';
import { engine } from './plugin-testing.js';

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
