import test from 'ava';
import { originsIn, passDoors } from '../../scripts/doors.js';

const DOOR = `/** What lives here. */
export { Graph, digestOf as digest } from './graph.js';
export * as surface from './surface.js';
export const MADE_HERE = 1;
//# sourceMappingURL=index.js.map
`;

const pass = (text: string): string =>
  passDoors(text, '/dist/src/plugins/image/views/tree.js', (door) => originsIn(DOOR, door));

test('an import through a room leads to the files, on one line', (t) => {
  t.is(
    pass("import { Graph, digest as hash, surface } from '../graph/index.js';\nGraph();\n"),
    "import { Graph as Graph } from '../graph/graph.js'; import { digestOf as hash } from '../graph/graph.js'; " +
      "import * as surface from '../graph/surface.js';\nGraph();\n",
  );
});

test('what a room makes itself comes from its door', (t) => {
  t.is(
    pass("import { MADE_HERE } from '../graph/index.js';"),
    "import { MADE_HERE as MADE_HERE } from '../graph/index.js';",
  );
});

test('other imports stay as they are', (t) => {
  for (const text of [
    "import { Graph } from '../graph/graph.js';",
    "import { plain } from '../../../kernel/index.js';",
    "import { image } from '../../image/index.js';",
    "const late = () => import('../graph/index.js');",
    "import { join } from 'node:path';",
  ]) {
    t.is(pass(text), text);
  }
});
