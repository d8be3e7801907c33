import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';
import { TARGETS } from './targets/index.js';
import { watchdog } from './watchdog.js';

/** `npm run fuzz -- [--target NAME] [--seconds N] [--seed N] [--path PATH]` */
const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: Object.keys(TARGETS) },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    path: { type: 'string' },
  },
});

const seed = Number(values.seed);
const milliseconds = 1000 * Number(values.seconds);
for (const name of values.target) {
  const target = TARGETS[name];
  if (!target) throw new Error(`no target ${name}: there are ${Object.keys(TARGETS).join(', ')}`);
  const dog = watchdog(name, seed);
  const { failure, ...figures } = await fuzz(name, target, {
    ...{ seed, milliseconds, path: values.path },
    onInput: (number) => dog.input(number),
  });
  dog.stop();
  process.stdout.write(`${JSON.stringify({ target: name, seed, ...figures })}\n`);
  if (failure === undefined) continue;
  process.exitCode = 1;
  process.stdout.write(`${failure}\n`);
}
