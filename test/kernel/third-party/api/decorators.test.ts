import test from 'ava';
import { Column, columnsOf } from '../../../../src/kernel/third-party/api/column.js';
import { Extends, extendsMetadata } from '../../../../src/kernel/third-party/api/extends.js';
import { Filter, filtersOf } from '../../../../src/kernel/third-party/api/filter.js';
import { eventsOf, On } from '../../../../src/kernel/third-party/api/on.js';
import { schemeOf, Transport } from '../../../../src/kernel/third-party/api/transport.js';

class Handlers {
  @Column('ps', 'TTL')
  @Column('images', 'AGE')
  cells(): string[] {
    return [];
  }

  @Filter('ps', 'ttl')
  keeps(): boolean[] {
    return [];
  }

  @On('start')
  @On('container die')
  started(): void {}
}

class Inheriting extends Handlers {}

test('methods say what they are for, several times if they like', (t) => {
  t.deepEqual(columnsOf(Handlers), [
    { command: 'images', header: 'AGE', method: 'cells' },
    { command: 'ps', header: 'TTL', method: 'cells' },
  ]);
  t.deepEqual(filtersOf(Handlers), [{ command: 'ps', filter: 'ttl', method: 'keeps' }]);
  t.deepEqual(eventsOf(Handlers), [
    { action: 'container die', method: 'started' },
    { action: 'start', method: 'started' },
  ]);
});

test('a class that inherits them says nothing by itself', (t) => t.deepEqual(eventsOf(Inheriting), []));

test('@Extends names the command, and goes on without its plugin unless told otherwise', (t) => {
  @Extends('run')
  class Lenient {}
  @Extends('*', { onFailure: 'refuse' })
  class Strict {}
  t.deepEqual(extendsMetadata(Lenient), { command: 'run', onFailure: 'skip' });
  t.deepEqual(extendsMetadata(Strict), { command: '*', onFailure: 'refuse' });
  t.is(extendsMetadata(class extends Strict {}), undefined);
});

test('@Transport names the scheme', (t) => {
  @Transport('loop')
  class Loop {
    async listen(): Promise<void> {}
  }
  t.is(schemeOf(Loop), 'loop');
  t.is(schemeOf(class {}), undefined);
});

type Loose = (...target: unknown[]) => void;
const misplaced: readonly [name: string, decorator: unknown, on: readonly unknown[]][] = [
  ['Column', Column('ps', 'X'), [class Wrong {}]],
  ['Filter', Filter('ps', 'x'), [class Wrong {}]],
  ['On', On('start'), [class Wrong {}]],
  ['Extends', Extends('run'), [{ constructor: class Wrong {} }, 'method', {}]],
  ['Transport', Transport('loop'), [{ constructor: class Wrong {} }, 'method', {}]],
];
for (const [name, decorator, on] of misplaced) {
  test(`@${name} on the wrong thing says where it belongs`, (t) => {
    t.throws(() => (decorator as Loose)(...on), { message: new RegExp(`@${name}`) });
  });
}
