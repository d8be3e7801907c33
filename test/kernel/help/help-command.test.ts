import test from 'ava';
import { answerHelp } from '../../../src/kernel/help/help-command.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { idle } from '../fixtures.js';

const registry = new PluginRegistry([
  {
    id: 'p',
    api: 1,
    commands: {
      'volume ls|volume list': idle('volume ls'),
      broken: (): never => {
        throw new Error('Cannot find module');
      },
    },
  },
]);
const help = (...argv: string[]): Promise<string> => answerHelp(registry, argv, 80);
const firstLine = (text: string): string => text.split('\n')[0] ?? '';

test('text unless told', async (t) => {
  t.is(firstLine(await help()), 'Usage:  docker [OPTIONS] COMMAND');
  t.is(firstLine(await help('volume')), 'Usage:  docker volume COMMAND');
  t.is(firstLine(await help('volume', 'list')), 'Usage:  docker volume list');
  t.is(await help('--format', 'text', 'volume', 'ls'), await help('volume', 'ls'));
});

test('help explains itself', async (t) => {
  t.is(firstLine(await help('help')), 'Usage:  docker help [OPTIONS] [COMMAND]');
  t.is(await help('--help'), await help('HELP'));
  t.true((await help('help')).includes('--format string'));
});

test('a manual page of a command, a group, everything', async (t) => {
  t.is(firstLine(await help('volume', 'ls', '--format=man')), '.TH "DOCKER\\-VOLUME\\-LS" 1 "" Gantry');
  t.is(firstLine(await help('--format=man', 'volume')), '.TH "DOCKER\\-VOLUME" 1 "" Gantry');
  t.true((await help('--format=man')).includes('\\fBdocker\\-volume\\fR(1)'));
});

test('Markdown of one command, or of all, whatever is broken', async (t) => {
  t.is(firstLine(await help('--format=markdown', 'volume', 'ls')), '# docker volume ls');
  const headings = (await help('--format=markdown')).split('\n').filter((line) => /^##? docker/.test(line));
  t.deepEqual(headings, ['# docker', '## docker help', '## docker volume ls']);
  t.true((await help('--format=markdown')).includes('(broken: internal error: Cannot find module)'));
});

test('what it does not understand', async (t) => {
  const hint = "Usage:  docker help [OPTIONS] [COMMAND]\n\nRun 'docker help --help' for more information";
  for (const [argv, message] of [
    [['--format', 'pdf'], 'invalid argument "pdf" for "--format" flag: must be text, man or markdown'],
    [['--format'], 'flag needs an argument: --format'],
    [['--bad'], 'unknown flag: --bad'],
  ] as const) {
    t.like(await t.throwsAsync(help(...argv)), { message, kind: 'usage', hint });
  }
  await t.throwsAsync(help('nonsense'), { message: 'docker: unknown command: docker nonsense' });
});
