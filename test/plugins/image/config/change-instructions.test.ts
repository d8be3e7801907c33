import test from 'ava';
import { applyChanges } from '../../../../src/plugins/image/config/change-instructions.js';
import type { ImageConfig } from '../../../../src/plugins/image/index.js';

const understood = test.macro<[readonly string[], ImageConfig]>({
  exec(t, instructions, config) {
    t.deepEqual(applyChanges({}, instructions), config);
  },
  title: (_, instructions) => instructions.join('; '),
});

test(understood, ['CMD ["a", "b c"]'], { Cmd: ['a', 'b c'] });
test(understood, ['cmd echo "hi"'], { Cmd: ['/bin/sh', '-c', 'echo "hi"'] });
test(understood, ['CMD []'], { Cmd: [] });
test(understood, ['ENTRYPOINT ["/init"]'], { Entrypoint: ['/init'] });
test(understood, ['ENV A=1 B="2 3" C=\'$x\'', 'ENV A=4'], { Env: ['A=4', 'B=2 3', 'C=$x'] });
test(understood, ['ENV A some words'], { Env: ['A=some words'] });
test(understood, ['ENV A=x\\ y'], { Env: ['A=x y'] });
test(understood, ['EXPOSE 80 53/UDP 8000-8001'], {
  ExposedPorts: { '80/tcp': {}, '53/udp': {}, '8000/tcp': {}, '8001/tcp': {} },
});
test(understood, ['LABEL a=1 "b c"=2', 'LABEL d="x\\"y"'], { Labels: { a: '1', 'b c': '2', d: 'x"y' } });
test(understood, ['STOPSIGNAL SIGINT'], { StopSignal: 'SIGINT' });
test(understood, ['USER daemon:adm'], { User: 'daemon:adm' });
test(understood, ['VOLUME /a /b', 'VOLUME ["/c d"]'], { Volumes: { '/a': {}, '/b': {}, '/c d': {} } });
test(understood, ['WORKDIR /a/b', 'WORKDIR ../c'], { WorkingDir: '/a/c' });
test(
  understood,
  [
    'HEALTHCHECK --interval=1m30s --timeout=500ms --start-period=2s --start-interval=1s --retries=2 CMD curl -f http://x/ || exit 1',
  ],
  {
    Healthcheck: {
      Test: ['CMD-SHELL', 'curl -f http://x/ || exit 1'],
      ...{ Interval: 90e9, Timeout: 0.5e9, StartPeriod: 2e9, StartInterval: 1e9, Retries: 2 },
    },
  },
);
test(understood, ['healthcheck cmd ["a", "b c"]'], { Healthcheck: { Test: ['CMD', 'a', 'b c'] } });
test(understood, ['HEALTHCHECK CMD a', 'HEALTHCHECK NONE'], { Healthcheck: { Test: ['NONE'] } });
test(understood, ['ONBUILD RUN make', 'ONBUILD USER x'], { OnBuild: ['RUN make', 'USER x'] });
test(understood, ['  WORKDIR   /x  '], { WorkingDir: '/x' });

const refused = test.macro({
  exec(t, instruction: string, message: string) {
    t.like(
      t.throws(() => applyChanges({}, [instruction])),
      { kind: 'invalid', message },
    );
  },
  title: (_, instruction) => `refused: ${instruction}`,
});

test(refused, 'RUN make', 'run is not a valid change command');
test(refused, 'constructor x', 'constructor is not a valid change command');
test(refused, '', ' is not a valid change command');
test(refused, 'CMD', 'CMD requires at least one argument');
test(refused, 'EXPOSE http', 'invalid containerPort: http');
test(refused, 'EXPOSE 0', 'invalid containerPort: 0');
test(refused, 'EXPOSE 70000', 'invalid containerPort: 70000');
test(refused, 'EXPOSE 9-8', 'invalid containerPort: 9-8');
test(refused, 'ENV =x', 'ENV must have names and values: "=x" is not KEY=VALUE');
test(refused, 'LABEL a=1 b', 'LABEL must have names and values: "b" is not KEY=VALUE');
test(refused, 'ENV A="x', 'unexpected end of statement while looking for matching "');
test(refused, 'HEALTHCHECK curl x', 'unknown type "curl" in HEALTHCHECK (try CMD, or NONE)');
test(refused, 'HEALTHCHECK CMD', 'missing command after HEALTHCHECK CMD');
test(refused, 'HEALTHCHECK NONE x', 'HEALTHCHECK NONE takes no arguments');
test(refused, 'HEALTHCHECK --interval=x CMD a', 'HEALTHCHECK cannot take --interval=x');
test(refused, 'HEALTHCHECK --retries=-1 CMD a', 'HEALTHCHECK cannot take --retries=-1');
test(refused, 'HEALTHCHECK --often CMD a', 'unknown flag of HEALTHCHECK: --often');
test(refused, 'ONBUILD ONBUILD RUN x', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
test(refused, 'ONBUILD FROM x', "FROM isn't allowed as an ONBUILD trigger");
