import test from 'ava';
import { pluginsFor } from '../../../support/plugins.js';

const given = pluginsFor(test);

test('plugin types declares what gantry exports, services of other plugins included', async (t) => {
  const { engine } = given;
  engine.drop(
    'weather.ts',
    `import { offer, plugin, token } from 'gantry';
export interface Weather { forecast(city: string): Promise<string>; }
export const Weather = token<Weather>('Weather');
class Sunny implements Weather { async forecast(city: string) { return 'sunny in ' + city; } }
export default plugin({ id: 'weather', api: 1, services: [offer(Weather, Sunny, { forecast: 'read' })] });
`,
  );
  await engine.until('weather', 'ok');
  const types = await engine.ok('plugin', 'types');
  t.regex(types, /declare module 'gantry'/);
  t.regex(types, /interface Containers/);
  t.regex(types, /forecast\(city: string\): Promise<string>/);
});
