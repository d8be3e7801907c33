import { readFileSync } from 'node:fs';
import test from 'ava';
import { manyImages } from '../../plugins/image/support/many-images.js';
import { tar } from '../../plugins/image/support/tars.js';
import { TestEngine } from '../../support/engine.js';

const MOST_KB = 64 * 1024;

/** Archives that would be cheap to send and dear to keep. */
const ARCHIVES: Record<string, () => Buffer> = {
  'brackets without end': () => tar([{ path: 'manifest.json', body: '['.repeat(3_900_000) }]),
  'a list of empty lists': () => tar([{ path: 'manifest.json', body: `[${'[],'.repeat(1_300_000)}[]]` }]),
  'many large files that are no layers': () =>
    tar(Array.from({ length: 16 }, (_, index) => ({ path: `${index}`, body: `{"a":"${'x'.repeat(4_000_000)}"}` }))),
  'many small files': () =>
    tar(Array.from({ length: 10_000 }, (_, index) => ({ path: `${'n'.repeat(80)}${index}`, body: '{}' }))),
  'an index of long texts that are not of one byte each': () =>
    tar([{ path: 'index.json', body: `{"manifests":["\u20ac","${'x'.repeat(8_000_000)}"]}` }]),
  'many documents, each as large as one may be': () =>
    tar([
      ...Array.from({ length: 20 }, (_, index) => ({ path: `${index}`, body: `{"a":"${'x'.repeat(4_000_000)}"}` })),
      {
        path: 'manifest.json',
        body: JSON.stringify(Array.from({ length: 21 }, (_, index) => ({ Config: `${index}` }))),
      },
    ]),
};

const peakKb = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

for (const [name, archive] of Object.entries(ARCHIVES)) {
  test(`the engine grows by no more than 64 MB: ${name}`, async (t) => {
    const engine = await TestEngine.withDaemon();
    t.teardown(() => engine.destroy());
    await engine.ok('images');
    const pid = Number(readFileSync(`${engine.root}/run/gantry.pid`, 'utf8'));
    const before = peakKb(pid);
    const { code, stderr } = await engine.docker(['load'], { input: archive() });
    t.is(code, 1);
    t.regex(stderr, /^Error response from daemon: the archive cannot be loaded: [^\n]+\n$/);
    t.log(`${peakKb(pid) - before} kB`);
    t.true(peakKb(pid) - before < MOST_KB, `${peakKb(pid) - before} kB`);
  });
}

for (const kind of ['docker', 'oci'] as const) {
  // The benchmark's row images-many loads 10,000.
  test(`80 images with 24 MB of configurations are loaded, and the engine grows by no more than 64 MB: ${kind}`, async (t) => {
    const engine = await TestEngine.withDaemon();
    t.teardown(() => engine.destroy());
    await engine.ok('images');
    const pid = Number(readFileSync(`${engine.root}/run/gantry.pid`, 'utf8'));
    const before = peakKb(pid);
    const { code, stdout } = await engine.docker(['load', '-q'], { input: manyImages(kind, 80, 300_000) });
    t.is(code, 0);
    t.is(stdout.split('\n').length - 1, 80);
    t.log(`${peakKb(pid) - before} kB`);
    t.true(peakKb(pid) - before < MOST_KB, `${peakKb(pid) - before} kB`);
  });
}
