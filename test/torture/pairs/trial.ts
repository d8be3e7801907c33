import { setTimeout as sleep } from 'node:timers/promises';
import type { TestEngine } from '../../support/engine.js';
import { type Answer, type Call, PATIENCE_MS, unclear, withPatience } from '../calls.js';
import type { Chance } from '../chance.js';
import type { State, Subject, Verb } from './verbs.js';

const POLITE = 'trap "exit 3" TERM; echo up; while :; do sleep 1 & wait $!; done';
const DEAF = 'trap "" TERM; echo up; while :; do sleep 1; done';
const MOST_OFFSET_MS = 60;
export const LONG_PATIENCE_MS = 6 * PATIENCE_MS;

interface TrialOptions {
  readonly engine: TestEngine;
  /** Asks the daemon. */
  readonly call: Call;
  /** With patience enough for what lasts as long as the trials beside this one. */
  readonly longCall: Call;
  readonly subject: Subject;
  readonly verbs: readonly [Verb, Verb];
  readonly chance: Chance;
}

/** Two verbs on one container at about the same time: each ends well, and what they acknowledged is true. */
export class Trial {
  readonly faults: string[] = [];
  readonly subject: Subject;
  readonly #begin: State;
  readonly #offset: number;
  readonly #isSecondLocal: boolean;
  readonly #program: string;
  readonly #lasting: Promise<void>[] = [];

  constructor(private readonly options: TrialOptions) {
    const { chance, subject, verbs } = options;
    this.subject = subject;
    this.#begin = chance.of(['running', 'running', 'paused', 'stopped']) as State;
    this.#offset = chance.between(0, MOST_OFFSET_MS);
    this.#isSecondLocal = chance.next() < 0.2 && verbs[1].remote !== true;
    this.#program = chance.next() < 0.8 ? POLITE : DEAF;
  }

  toString(): string {
    const [first, second] = this.options.verbs;
    const local = this.#isSecondLocal ? ' (without the daemon)' : '';
    return `${first.name}+${second.name}${local} on what is ${this.#begin}, ${this.#offset} ms apart`;
  }

  async run(): Promise<void> {
    const { subject, verbs } = this.options;
    await this.#prepare();
    const [first, second] = verbs;
    const answers = await Promise.all([this.#make(first), this.#later(second)]);
    const done = verbs.filter((_, index) => answers[index]?.code === 0);
    await this.#checkState(done);
    if (await this.#exists()) for (const verb of done) await this.#checkEffect(verb, subject);
  }

  async #prepare(): Promise<void> {
    const { name } = this.subject;
    await this.#ask('run', '-d', '-p', '80', '--name', name, 'busybox', 'sh', '-c', this.#program);
    if (this.#begin === 'paused') await this.#ask('pause', name);
    if (this.#begin === 'stopped') await this.#ask('stop', '-t', '0', name);
  }

  async #ask(...args: string[]): Promise<Answer> {
    const answer = await this.options.call(...args);
    if (answer.code !== 0) this.#fault(`${args[0]}: ${answer.hung ? 'does not end' : answer.stderr.trim()}`);
    return answer;
  }

  async #later(verb: Verb): Promise<Answer | undefined> {
    await sleep(this.#offset);
    return this.#make(verb, this.#isSecondLocal);
  }

  /** What lasts as long as its container is waited for at the end. */
  async #make(verb: Verb, isLocal = false): Promise<Answer | undefined> {
    const args = verb.args(this.subject);
    const { call, longCall, engine } = this.options;
    const patience = verb.lasts ? LONG_PATIENCE_MS : PATIENCE_MS;
    const made = isLocal ? withPatience(engine.docker(args), patience) : (verb.lasts ? longCall : call)(...args);
    const told = made.then((answer) => {
      const words = unclear(answer, verb.passesOn);
      if (words) this.#fault(`${verb.name} ${words}`);
      return answer;
    });
    if (!verb.lasts) return told;
    this.#lasting.push(told.then(() => {}));
    return undefined;
  }

  /** In the end it is as one of those said that were acknowledged, or as it was before where none says anything. */
  async #checkState(done: readonly Verb[]): Promise<void> {
    const said = done.flatMap(({ leaves }) => leaves ?? []);
    const mayBack = this.options.verbs.some(({ name }) => name === 'undo' || name === 'rename');
    if (said.length === 0 || mayBack) return;
    const found = await this.#state();
    if (!said.includes(found))
      this.#fault(`it is ${found}, and ${done.map(({ name }) => name).join(' and ')} said yes`);
  }

  async #state(): Promise<State> {
    const { code, stdout } = await this.options.call(
      'inspect',
      '-f',
      '{{.State.Running}} {{.State.Paused}}',
      this.subject.name,
    );
    if (code !== 0) return 'gone';
    const [running, paused] = stdout.trim().split(' ');
    return paused === 'true' ? 'paused' : running === 'true' ? 'running' : 'stopped';
  }

  async #exists(): Promise<boolean> {
    return (await this.#state()) !== 'gone';
  }

  async #checkEffect({ name, proof, creates }: Verb, subject: Subject): Promise<void> {
    if (proof) {
      const [template, value] = proof;
      const { stdout } = await this.options.call('inspect', '-f', template, subject.name);
      if (stdout.trim() !== value) this.#fault(`${name} said yes, and ${template} is ${stdout.trim()}`);
    }
    if (creates && (await this.options.call(...creates(subject))).code !== 0)
      this.#fault(`${name} said yes, and left nothing`);
  }

  /** Removes the container; with it ends what has waited for its end. */
  async end(): Promise<void> {
    const { name } = this.subject;
    for (const one of [name, `${name}-renamed`]) {
      const answer = await this.options.call('rm', '-f', one);
      const words = answer.stderr.includes('No such container') ? undefined : unclear(answer);
      if (words) this.#fault(`rm -f at the end ${words}`);
    }
    await this.options.call('rmi', '-f', `image-${name}`);
    await Promise.all(this.#lasting);
  }

  #fault(words: string): void {
    this.faults.push(`${this}: ${words}`);
  }
}
