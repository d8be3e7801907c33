import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { serviceTypes } from '../../../../src/kernel/third-party/types/service-types.js';
import { PROJECT } from '../../../support/engine.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-services-'));
test.after.always(() => rm(folder, { recursive: true }));

async function typesOf(name: string, text: string): Promise<string> {
  const entry = join(folder, name);
  writeFileSync(entry, text);
  const services = [{ label: 'Weather', effects: { today: 'read' as const } }];
  return serviceTypes({ entry, manifest: { id: 'weather', services } }, join(PROJECT, 'dist/gantry.d.ts'));
}

const SOURCE = `
import { offer, plugin, token } from 'gantry';
interface Report { readonly degrees: number }
/** The weather. */
export interface Weather {
  /** At a place. */
  today(place: string): Promise<Report>;
}
export const Weather = token<Weather>('Weather');
class Mild implements Weather { today = async () => ({ degrees: 20 }); }
export default plugin({ id: 'weather', api: 1, services: [offer(Weather, Mild, { today: 'read' })] });
`;

test('a service comes with the types of its own source, docstrings and what they need', async (t) => {
  t.is(
    await typesOf('weather.ts', SOURCE),
    `// Services of the plugin 'weather'
declare module 'gantry' {
  /** The weather. */
  export interface Weather {
    /** At a place. */
    today(place: string): Promise<Report>;
  }

  export const Weather: Token<Weather>;

  interface Report {
    readonly degrees: number;
  }

  export {};
}
`,
  );
});

const BY_NAME = `// Services of the plugin 'weather'
declare module 'gantry' {
  export const Weather: Token<{
    today(...args: any[]): Promise<any>;
  }>;
}
`;

test('one whose source does not export it comes with the names of its methods', async (t) => {
  t.is(
    await typesOf('hidden.ts', SOURCE.replaceAll('export interface', 'interface').replace('export const', 'const')),
    BY_NAME,
  );
  t.is(await typesOf('weather.js', 'export default 1;'), BY_NAME);
});

test('so does one whose types have names that gantry has already', async (t) => {
  t.is(await typesOf('clash.ts', SOURCE.replaceAll('Report', 'Client')), BY_NAME);
});
