import type { Client, CommandMetadata } from '../contracts/index.js';
import type { CommandEntry } from '../registry/index.js';
import { write } from '../streams/index.js';
import { failureOf, plain } from '../text/index.js';
import type { Recorder } from './recorder.js';
import { rehearse } from './rehearsal.js';

/** The answer to `--explain`: the command's plugin, the decisions of plugins around it, and what it would change. */
export class Explanation {
  readonly #lines: string[];

  constructor(name: string, { plugin }: CommandEntry, { effects }: CommandMetadata) {
    this.#lines = [`docker ${name}: a command of plugin '${plugin.id}'; effects: ${effects.join(', ')}`];
  }

  /** Notes the decision of a plugin around the call: `goes on`, `refuses: ...`. */
  note(plugin: string, mustAgree: boolean, verdict: string): void {
    this.#lines.push(`plugin '${plugin}' stands around it${mustAgree ? ' and must agree' : ''}: ${verdict}`);
  }

  /** Runs the call dry, and writes the explanation. A refusal is an explanation, too. */
  async tell(client: Client, recorder: Recorder, run: (caller: Client) => Promise<number>): Promise<number> {
    const { lines, error } = await rehearse(recorder, client, run);
    const end = error === undefined ? [] : [`fails: ${failureOf(error).message}`];
    await write(client.stdout, [...this.#lines, ...lines, ...end].map((line) => `${plain(line)}\n`).join(''));
    return 0;
  }
}
