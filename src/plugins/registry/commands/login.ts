import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  type Login,
  Option,
  plain,
  write,
} from '../../../kernel/index.js';
import { Prompt, secretFrom } from '../client/index.js';
import { Registries } from '../contracts/index.js';
import { domainOf, loginKey } from '../distribution/index.js';

@Command({
  name: 'login',
  summary: 'Log in to a registry',
  group: 'Common Commands',
  usage: '[OPTIONS] [SERVER]',
  args: { min: 0, max: 1, complete: [[]] },
  examples: [
    ['docker login registry.example:5000', 'Be asked for user name and password'],
    ['docker login -u ken --password-stdin registry.example < secret', 'Log in from a script'],
  ],
  effects: ['write'],
})
export class LoginCommand implements CommandHandler {
  @Option('-u, --username', 'Username', { type: 'string' })
  username = '';

  @Option('-p, --password', 'Password', { type: 'string' })
  password = '';

  @Option('--password-stdin', 'Take the password from stdin')
  passwordStdin = false;

  constructor(@Registries private readonly registries: Registries) {}

  async run(context: CommandContext): Promise<void> {
    const { logins, stdout, stderr, gone } = context;
    const domain = domainOf(context.args[0] ?? '');
    const key = loginKey(domain);
    this.#refuseContradictions();
    if (!logins) throw new GantryError('unavailable', 'this client has no place to keep a login in');
    if (this.password !== '') {
      await write(stderr, 'WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
    }
    const typed = await this.#typed(context, await logins.get(key));
    const login = await this.registries.checkLogin(domain, typed, gone).catch((error) => {
      throw withoutLoginHint(error);
    });
    const file = await logins.set(key, login);
    if (file !== undefined) {
      await write(
        stderr,
        `\nWARNING! Your credentials are stored unencrypted in '${plain(file)}'.\nConfigure a credential helper to remove this warning.\n\n`,
      );
    }
    await write(stdout, 'Login Succeeded\n');
  }

  #refuseContradictions(): void {
    if (!this.passwordStdin) return;
    if (this.password !== '') throw new GantryError('usage', '--password and --password-stdin are mutually exclusive');
    if (this.username === '') throw new GantryError('usage', 'Must provide --username with --password-stdin');
  }

  async #typed(context: CommandContext, kept: Login | undefined): Promise<Login> {
    if (this.passwordStdin) return { username: this.username, password: await secretFrom(context.stdin) };
    if (this.username !== '' && this.password !== '') return { username: this.username, password: this.password };
    const asksAll = context.protocol === 'v1';
    const isKept = !asksAll && this.password === '' && (this.username === '' || this.username === kept?.username);
    if (kept && isKept) {
      await write(context.stdout, 'Authenticating with existing credentials...\n');
      return kept;
    }
    if (!context.terminal.stdin && context.protocol === undefined)
      throw new GantryError('usage', 'Cannot perform an interactive login from a non TTY device');
    const prompt = new Prompt(context, asksAll);
    const question = asksAll ? `Username (${kept?.username ?? ''}): ` : 'Username: ';
    const username = this.username || (await prompt.line(question)) || (asksAll && kept?.username) || '';
    if (username === '') throw new GantryError('usage', 'username is required');
    const password = this.password || (await prompt.secret('Password: '));
    if (password === '') throw new GantryError('usage', 'password is required');
    // Registries want none any more, and whoever answers a client of 2013 has one ready.
    if (asksAll) await prompt.line('Email (): ');
    return { username, password };
  }
}

/** The usual hint is to log in. */
function withoutLoginHint(error: unknown): unknown {
  if (!(error instanceof GantryError) || error.kind !== 'denied') return error;
  return new GantryError('denied', error.message, { cause: error, hint: 'Check user name and password' });
}
