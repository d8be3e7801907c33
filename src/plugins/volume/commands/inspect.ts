import {
  Command,
  type CommandContext,
  type CommandHandler,
  inspectText,
  Option,
  plain,
  unlessKind,
  write,
} from '../../../kernel/index.js';
import { type Volume, Volumes } from '../contracts.js';

@Command({
  name: 'volume inspect',
  summary: 'Display detailed information on one or more volumes',
  group: 'Management Commands',
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  args: { min: 1, complete: ['volume'] },
  effects: ['read'],
})
export class VolumeInspect implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  constructor(@Volumes private readonly volumes: Volumes) {}

  async run({ args, stdout, stderr }: CommandContext): Promise<number> {
    const found = args.flatMap((name) => this.#find(name) ?? []);
    const missing = args.filter((name) => !this.#find(name));
    await write(
      stdout,
      inspectText(
        found.map((volume) => this.#describe(volume)),
        this.format,
      ),
    );
    await write(stderr, missing.map((name) => `Error: No such volume: ${plain(name)}\n`).join(''));
    return missing.length > 0 ? 1 : 0;
  }

  #find(name: string): Volume | undefined {
    return unlessKind(['not found'], () => this.volumes.get(name));
  }

  #describe({ name, path, created, labels }: Volume): object {
    return {
      CreatedAt: created.toISOString(),
      Driver: 'local',
      Labels: labels,
      Mountpoint: path,
      Name: name,
      Options: {},
      Scope: 'local',
      UsedBy: this.volumes.holdersOf(name),
    };
  }
}
