// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles
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
test(understood, ['CMD a', 'ENTRYPOINT ["/init"]'], { Cmd: ['/bin/sh', '-c', 'a'], Entrypoint: ['/init'] });
test(understood, ['ENTRYPOINT ["/init"]', 'CMD ["a"]'], { Cmd: ['a'], Entrypoint: ['/init'] });
test(understood, ['ENV A=1\n# why\nENV B=2 \\\n  C=3\n', 'USER x'], { Env: ['A=1', 'B=2', 'C=3'], User: 'x' });
test(understood, ['STOPSIGNAL rtmin+3'], { StopSignal: 'rtmin+3' });

const PARENT: ImageConfig = { Env: ['PATH=/bin', 'EMPTY=', 'X=x y'], Cmd: ['sh'], WorkingDir: '/w' };
const onParent = test.macro<[readonly string[], ImageConfig]>({
  exec(t, instructions, config) {
    t.like(applyChanges(PARENT, instructions), config);
  },
  title: (_, instructions) => `on a parent: ${instructions.join('; ')}`,
});

test(onParent, ['ENV PATH=/opt/bin:$PATH'], { Env: ['PATH=/opt/bin:/bin', 'EMPTY=', 'X=x y'] });
test(onParent, ['ENV A=${NO:-d$X} B=${X:+set} C=${EMPTY:-e} D=${EMPTY-e} E=\\$X F="$X\\$" G=\'$X\' H=${NO}$ I=$NOb'], {
  Env: [...(PARENT.Env ?? []), 'A=dx y', 'B=set', 'C=e', 'D=', 'E=$X', 'F=x y$', 'G=$X', 'H=$', 'I='],
});
test(onParent, ['ENV X=1 Y=$X', 'ENV Z=$X'], { Env: ['PATH=/bin', 'EMPTY=', 'X=1', 'Y=x y', 'Z=1'] });
test(onParent, ['ENV Y $X "z"'], { Env: [...(PARENT.Env ?? []), 'Y=x y z'] });
test(onParent, ['WORKDIR $X/d', 'USER ${NO:-me}', 'LABEL p=$PATH'], {
  ...{ WorkingDir: '/w/x y/d', User: 'me', Labels: { p: '/bin' } },
});
test(onParent, ['ENV P=80', 'EXPOSE $P ${Q:-81}/udp', 'VOLUME /data$P ["x"]'], {
  ...{ ExposedPorts: { '80/tcp': {}, '81/udp': {} }, Volumes: { '/data80': {}, '[x]': {} } },
});
test(onParent, ['CMD echo $X', 'ONBUILD ENV A=$X'], { Cmd: ['/bin/sh', '-c', 'echo $X'], OnBuild: ['ENV A=$X'] });
test(onParent, ['ENTRYPOINT ["/init"]'], { Cmd: undefined, Entrypoint: ['/init'] });
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
test(refused, 'ENV A=${B', 'unexpected end of statement while looking for matching }');
test(refused, 'ENV A=${B%x}', 'unsupported modifier (%) in "${B%x}"');
test(refused, 'ENV A=${B:?needed}', 'B: needed');
test(refused, 'ENV A=${}', 'bad substitution in "${}"');
test(refused, 'STOPSIGNAL nope', 'Invalid signal: nope');
test(refused, 'HEALTHCHECK curl x', 'unknown type "curl" in HEALTHCHECK (try CMD, or NONE)');
test(refused, 'HEALTHCHECK CMD', 'missing command after HEALTHCHECK CMD');
test(refused, 'HEALTHCHECK NONE x', 'HEALTHCHECK NONE takes no arguments');
test(refused, 'HEALTHCHECK --interval=x CMD a', 'HEALTHCHECK cannot take --interval=x');
test(refused, 'HEALTHCHECK --retries=-1 CMD a', 'HEALTHCHECK cannot take --retries=-1');
test(refused, 'HEALTHCHECK --often CMD a', 'unknown flag of HEALTHCHECK: --often');
test(refused, 'ONBUILD ONBUILD RUN x', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
test(refused, 'ONBUILD FROM x', "FROM isn't allowed as an ONBUILD trigger");
