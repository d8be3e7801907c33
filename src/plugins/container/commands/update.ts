import { Command, type CommandContext, type CommandHandler, each, GantryError, Option } from '../../../kernel/index.js';
import { checkCpuShares, checkPidsLimit, parseCpus, parseSwap } from '../config/index.js';
import { type ContainerLifecycle, type ContainerUpdate, Runtime } from '../contracts/index.js';
import { callerOf } from '../operations/index.js';
import { parseMemory, parseRestartPolicy } from '../parsers/index.js';

@Command({
  name: 'update',
  summary: 'Update configuration of one or more containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  examples: [
    ['docker update -m 512m --cpus 1.5 web', 'Give web other limits, at once'],
    ['docker update --restart unless-stopped web', 'Start web again from now on, whenever it ends'],
  ],
  effects: ['write'],
})
export class Update implements CommandHandler {
  @Option('-m, --memory', 'Memory limit', { type: 'string', value: 'bytes' })
  memory: string | undefined = undefined;

  @Option('--memory-swap', "Swap limit equal to memory plus swap: '-1' to enable unlimited swap", {
    type: 'string',
    value: 'bytes',
  })
  memorySwap: string | undefined = undefined;

  @Option('--cpus', 'Number of CPUs', { type: 'string', value: 'decimal' })
  cpus: string | undefined = undefined;

  @Option('-c, --cpu-shares', 'CPU shares (relative weight)', { type: 'integer', value: 'int' })
  cpuShares: number | undefined = undefined;

  @Option('--pids-limit', 'Tune container pids limit (set -1 for unlimited)', { type: 'integer', value: 'int' })
  pidsLimit: number | undefined = undefined;

  @Option('--restart', 'Restart policy to apply when a container exits', {
    type: 'string',
    complete: ['no', 'on-failure', 'always', 'unless-stopped'],
  })
  restart = '';

  constructor(@Runtime private readonly runtime: ContainerLifecycle) {}

  run(context: CommandContext): Promise<number> {
    const changes = this.#changes();
    if (Object.keys(changes).length === 0) {
      throw new GantryError('usage', 'you must provide one or more flags when using this command');
    }
    return each(context, (name) => this.runtime.update(name, changes, callerOf(context)));
  }

  #changes(): ContainerUpdate {
    const { cpuShares, pidsLimit } = this;
    const memory = this.memory === undefined ? undefined : parseMemory(this.memory);
    return {
      ...(memory !== undefined && { memory }),
      ...(this.memorySwap !== undefined && { memorySwap: parseSwap(this.memorySwap, memory ?? 1) }),
      ...(this.cpus !== undefined && { cpus: parseCpus(this.cpus) }),
      ...(cpuShares !== undefined && { cpuShares: checkCpuShares(cpuShares) }),
      ...(pidsLimit !== undefined && { pidsLimit: checkPidsLimit(pidsLimit) }),
      ...(this.restart !== '' && { restart: parseRestartPolicy(this.restart) }),
    };
  }
}
