import test from 'ava';
import { Command, type CommandMetadata, commandMetadata } from '../../../src/kernel/contracts/command.js';
import { Option, optionsOf } from '../../../src/kernel/contracts/option.js';
import { injectionsOf, token } from '../../../src/kernel/contracts/token.js';

const METADATA: CommandMetadata = {
  name: 'greet',
  summary: 'Greet somebody',
  group: 'Commands',
  usage: '[OPTIONS] [NAME]',
  args: { min: 0, max: 1 },
  effects: ['read'],
};

interface Clock {
  now(): number;
}
const Clock = token<Clock>('Clock');
const Other = token<string>('Other');

@Command(METADATA)
class Greet {
  @Option('-l, --loud', 'Shout') loud = false;
  @Option('--times', 'How often', { type: 'integer', shownDefault: '1', value: 'n' }) times = 1;

  constructor(
    @Clock readonly clock: Clock,
    @Other readonly other: string,
  ) {}

  async run(): Promise<void> {}
}

class Child extends Greet {
  @Option('-q', 'Whisper') quiet = false;
}

test('@Command stores its metadata and nothing else', (t) => {
  t.deepEqual(commandMetadata(Greet), METADATA);
  t.deepEqual(Object.keys(Greet), []);
});

test('@Command is not inherited', (t) => t.is(commandMetadata(Child), undefined));

test('@Option stores what it was told, boolean unless told otherwise', (t) => {
  t.deepEqual(optionsOf(Greet), [
    { property: 'loud', flags: '-l, --loud', description: 'Shout', type: 'boolean' },
    { property: 'times', flags: '--times', description: 'How often', type: 'integer', shownDefault: '1', value: 'n' },
  ]);
});

test('options are inherited, and added to no parent', (t) => {
  t.deepEqual(
    optionsOf(Child).map((option) => option.property),
    ['loud', 'times', 'quiet'],
  );
  t.is(optionsOf(Greet).length, 2);
  t.deepEqual(optionsOf(class {}), []);
});

test('a token records which parameter wants it', (t) => {
  t.deepEqual(injectionsOf(Greet), [Clock, Other]);
  t.is(Clock.label, 'Clock');
  t.deepEqual(injectionsOf(class {}), []);
});

test('two tokens of one label name the same service', (t) => t.is(token('Clock').symbol, Clock.symbol));
