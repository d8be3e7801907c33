import test from 'ava';
import { definePlugin, type Finding } from '../../../src/kernel/index.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { RegisteredChecks } from '../../../src/kernel/services/registered-checks.js';
import { ServiceHost } from '../../../src/kernel/services/service-host.js';
import { PluginCheckRunner } from '../../../src/plugins/system/checks/plugin-check-runner.js';

class Whole {
  *findings() {}
}

class Hurt {
  *findings() {
    yield { object: 'thing', problem: 'is hurt' };
  }
}

class Broken {
  // biome-ignore lint/correctness/useYield: it fails before
  *findings(): Iterable<never> {
    throw new Error('cannot look');
  }
}

const high = definePlugin({ id: 'high', api: 1, checks: { things: async () => Hurt, others: async () => Whole } });
const ground = definePlugin({ id: 'ground', api: 1, checks: { earth: async () => Broken } });

test('plugins are checked from the ground up, and one that cannot be costs no other', async (t) => {
  const registry = new PluginRegistry([high, ground]);
  const checks = new RegisteredChecks(registry, new ServiceHost(registry));
  t.deepEqual(
    checks.all().map(({ what }) => what),
    ['earth', 'things', 'others'],
  );
  const found: Finding[] = [];
  for await (const finding of new PluginCheckRunner(checks).find({ digests: false })) found.push(finding);
  t.deepEqual(found, [
    { object: 'earth', problem: 'cannot be checked: cannot look' },
    { object: 'thing', problem: 'is hurt' },
  ]);
});
