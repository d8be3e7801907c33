import test from 'ava';
import {
  checkRlimits,
  hardLimits,
  oomScoreAdj,
  rlimits,
  shownLimit,
} from '../../../../src/plugins/container/host/rlimits.js';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max stack size            8388608              unlimited            bytes
Max processes             96364                96364                processes
Max open files            1024                 20000                files
Max nice priority         0                    0
`;

test('hard limits of a process', (t) => {
  t.deepEqual(Object.fromEntries(hardLimits(LIMITS)), {
    RLIMIT_STACK: Number.POSITIVE_INFINITY,
    RLIMIT_NPROC: 96364,
    RLIMIT_NOFILE: 20000,
    RLIMIT_NICE: 0,
  });
  t.true((hardLimits().get('RLIMIT_NOFILE') ?? 0) > 0);
});

test('no limit of a container is above the host', (t) => {
  const host = hardLimits(LIMITS);
  t.deepEqual(rlimits([], host), [{ type: 'RLIMIT_NOFILE', soft: 1024, hard: 20000 }]);
  t.deepEqual(rlimits([{ type: 'RLIMIT_NOFILE', soft: 1e6, hard: 1e6 }], host), [
    { type: 'RLIMIT_NOFILE', soft: 20000, hard: 20000 },
  ]);
  t.deepEqual(rlimits([{ type: 'RLIMIT_STACK', soft: 5, hard: 6 }], host)[1], {
    type: 'RLIMIT_STACK',
    soft: 5,
    hard: 6,
  });
});

test('no limit is -1 for users, and what the host has where that is less', (t) => {
  const host = hardLimits(LIMITS);
  const core = { type: 'RLIMIT_CORE', soft: 0, hard: -1 };
  t.deepEqual(rlimits([core], host)[1], core);
  const [, processes] = rlimits([{ type: 'RLIMIT_NPROC', soft: -1, hard: -1 }], host);
  t.deepEqual(processes, { type: 'RLIMIT_NPROC', soft: 96364, hard: 96364 });
  t.deepEqual([-1, Number.MAX_SAFE_INTEGER, 2 ** 64, 7].map(shownLimit), [-1, -1, -1, 7]);
});

test('what the host cannot give is refused', (t) => {
  const host = hardLimits(LIMITS);
  for (const hard of [-1, 20_001]) {
    t.throws(() => checkRlimits([{ type: 'RLIMIT_NOFILE', soft: 1, hard }], host), {
      message: `ulimit nofile: the engine can give 20000 at most, not ${hard}`,
    });
  }
  t.is(checkRlimits([{ type: 'RLIMIT_STACK', soft: 1, hard: -1 }], host).length, 1);
});

test("a container does not share the engine's protection from the OOM killer", (t) => {
  t.is(oomScoreAdj('-500\n'), 1);
  t.is(oomScoreAdj('0\n'), undefined);
  t.is(oomScoreAdj('300\n'), undefined);
});
