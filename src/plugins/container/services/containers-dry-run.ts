import { checkOptions, type Effects } from '../../../kernel/index.js';
import { isActive } from '../contracts/index.js';
import { alreadyRunning, notRunning, stillRunning } from '../records/index.js';
import { type ContainersApi, checkSignal, checkStopTimeout } from './containers-api.js';

export const CONTAINERS_DRY_RUN: Effects<ContainersApi> = {
  list: 'read',
  get: 'read',
  logs: 'read',
  wait: 'read',
  create: {
    effect: 'write',
    async plan(containers, options) {
      const result = await containers.preview(options);
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
      if (isActive(container)) throw alreadyRunning(container);
      return { says: `start container ${container.name}`, result: undefined };
    },
  },
  restart: {
    effect: 'exec',
    async plan(containers, reference, seconds) {
      const { name } = await containers.get(reference);
      if (seconds !== undefined) checkStopTimeout(seconds);
      return { says: `restart container ${name}`, result: undefined };
    },
  },
  stop: {
    effect: 'destroy',
    async plan(containers, reference, seconds) {
      const { name } = await containers.get(reference);
      if (seconds !== undefined) checkStopTimeout(seconds);
      return { says: `stop container ${name}`, result: undefined };
    },
  },
  kill: {
    effect: 'destroy',
    async plan(containers, reference, signal = 'KILL') {
      const container = await containers.get(reference);
      checkSignal(signal);
      if (container.status !== 'running') throw notRunning(reference, container);
      return { says: `send ${signal} to container ${container.name}`, result: undefined };
    },
  },
  remove: {
    effect: 'destroy',
    async plan(containers, reference, options = {}) {
      const container = await containers.get(reference);
      checkOptions('options', options, { force: 'boolean', volumes: 'boolean' });
      if (isActive(container) && !options.force) throw stillRunning(container);
      return { says: `remove container ${container.name}`, result: undefined };
    },
  },
};
