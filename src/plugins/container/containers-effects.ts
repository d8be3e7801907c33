import { checkOptions, type Effects } from '../../kernel/index.js';
import { type ContainerCalls, checkedGrace, checkedSignal } from './container-calls.js';
import { notRunning, runsAlready, stillRuns } from './refusals.js';

export const CONTAINERS_EFFECTS: Effects<ContainerCalls> = {
  list: 'read',
  get: 'read',
  logs: 'read',
  wait: 'read',
  create: {
    effect: 'write',
    async plan(containers, options) {
      const result = await containers.drafted(options);
      return {
        says: `create ${options.name === undefined ? 'a container' : `container ${options.name}`} of ${options.image}`,
        result,
      };
    },
  },
  start: {
    effect: 'exec',
    async plan(containers, reference) {
      const container = await containers.get(reference);
      if (isUp(container)) throw runsAlready(container);
      return { says: `start container ${container.name}`, result: undefined };
    },
  },
  restart: {
    effect: 'exec',
    async plan(containers, reference, seconds) {
      const { name } = await containers.get(reference);
      if (seconds !== undefined) checkedGrace(seconds);
      return { says: `restart container ${name}`, result: undefined };
    },
  },
  stop: {
    effect: 'destroy',
    async plan(containers, reference, seconds) {
      const { name } = await containers.get(reference);
      if (seconds !== undefined) checkedGrace(seconds);
      return { says: `stop container ${name}`, result: undefined };
    },
  },
  kill: {
    effect: 'destroy',
    async plan(containers, reference, signal = 'KILL') {
      const container = await containers.get(reference);
      checkedSignal(signal);
      if (container.status !== 'running') throw notRunning(reference, container);
      return { says: `send ${signal} to container ${container.name}`, result: undefined };
    },
  },
  remove: {
    effect: 'destroy',
    async plan(containers, reference, options = {}) {
      const container = await containers.get(reference);
      checkOptions('options', options, { force: 'boolean', volumes: 'boolean' });
      if (isUp(container) && !options.force) throw stillRuns(container);
      return { says: `remove container ${container.name}`, result: undefined };
    },
  },
};

function isUp({ status }: { readonly status: string }): boolean {
  return status === 'running' || status === 'starting';
}
