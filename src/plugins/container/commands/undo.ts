import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  humanDuration,
  Option,
  shortId,
  table,
  unlessKind,
  write,
} from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import type { Removed } from '../../system/index.js';
import { type ContainerUndo, Runtime } from '../contracts/index.js';

interface Choice extends Removed {
  readonly kind: 'container' | 'image';
}

@Command({
  name: 'undo',
  summary: 'Bring back what rm or rmi has removed',
  group: 'Commands',
  usage: '[OPTIONS] [NAME|ID...]',
  args: { min: 0, complete: [[]] },
  examples: [
    ['docker undo', 'Bring back the container or image that was removed last'],
    ['docker undo -l', 'List what can be brought back'],
  ],
  effects: ['write'],
})
export class Undo implements CommandHandler {
  @Option('-l, --list', 'List what can be brought back')
  list = false;

  constructor(
    @Runtime private readonly runtime: ContainerUndo,
    @Graph private readonly graph: Graph,
  ) {}

  async run({ args, stdout }: CommandContext): Promise<void> {
    const choices = this.#choices();
    if (this.list) return write(stdout, choiceTable(choices));
    for (const choice of args.length === 0 ? [newest(choices)] : args.map((name) => chosen(choices, name))) {
      await this.#bringBack(choice);
      await write(stdout, `${choice.name || choice.id}\n`);
    }
  }

  async #bringBack({ kind, id }: Choice): Promise<void> {
    if (kind === 'image') return void (await this.graph.undo(id));
    const imageId = this.runtime.removedImageOf(id);
    if (this.#lacks(imageId)) await this.graph.undo(imageId);
    await this.runtime.undo(id);
  }

  #lacks(imageId: string): boolean {
    return unlessKind(['not found'], () => this.graph.get(imageId)) === undefined;
  }

  /** The newest first. */
  #choices(): Choice[] {
    return [
      ...this.runtime.removed().map((removed) => ({ ...removed, kind: 'container' as const })),
      ...this.graph.removed().map((removed) => ({ ...removed, kind: 'image' as const })),
    ].sort((a, b) => b.removed - a.removed);
  }
}

function newest([first]: readonly Choice[]): Choice {
  if (!first) throw new GantryError('not found', 'There is nothing that could be brought back');
  return first;
}

function chosen(choices: readonly Choice[], name: string): Choice {
  const hex = name.replace(/^sha256:/, '');
  const isPrefix = /^[0-9a-f]+$/.test(hex);
  const found =
    choices.find((choice) => [choice.name, choice.name.replace(/:latest$/, '')].includes(name)) ??
    choices.find(({ id }) => isPrefix && id.replace(/^sha256:/, '').startsWith(hex));
  if (found) return found;
  throw new GantryError('not found', `Nothing called ${name} could be brought back`, {
    hint: 'see docker undo --list',
  });
}

function choiceTable(choices: readonly Choice[]): string {
  return table(
    ['KIND', 'ID', 'NAME', 'REMOVED'],
    choices.map(({ kind, id, name, removed }) => [
      kind,
      shortId(id),
      name,
      `${humanDuration(Date.now() - removed)} ago`,
    ]),
  );
}
