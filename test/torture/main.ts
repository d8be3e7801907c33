import { parseArgs } from 'node:util';
import { torture } from './torture.js';

/** `npm run torture -- [--minutes N] [--kills N] [--seed S] [--clients N]` */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    clients: { type: 'string', default: '4' },
  },
});
const seed = Number(values.seed);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);
tell(`seed ${seed}`);
const { faults, ...figures } = await torture({
  seed,
  clients: Number(values.clients),
  kills: Number(values.kills),
  milliseconds: Number(values.minutes) * 60_000,
  tell,
});
process.stdout.write(`${JSON.stringify({ seed, ...figures, faults: faults.length })}\n${faults.join('\n')}\n`);
process.exit(faults.length + figures.hung.length === 0 ? 0 : 1);
