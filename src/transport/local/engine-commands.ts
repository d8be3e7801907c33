/**
 * The engine's commands that do not pass signals on to a program, by their first words: a signal just ends them. Not among them:
 * `run`, `exec`, `attach` and `start`, and commands of plugins, which may listen. A test compares this with the commands that there are.
 */
const COMMANDS: Readonly<Record<string, string>> = {
  '': 'commit completion cp create diff events export help history images import info inspect kill load login logout logs pause port ps pull push rename rerun restart rm rmi save search stats stop tag top undo unpause update version wait',
  container:
    'commit cp create diff export inspect kill list logs ls pause port prune ps remove rename restart rm stats stop top unpause update wait',
  system: 'check df events info prune',
  network: 'connect create disconnect inspect list ls prune remove rm',
  image: 'history import inspect list load ls prune pull push remove rm save tag',
  volume: 'create inspect list ls prune remove rm',
  plugin: 'add approve disable enable inspect install list ls new remove rm test types',
  socket: 'create list ls remove rm',
};

/** Whether the command ends by a signal at once, wherever it runs: nobody has to be asked. */
export function endsBySignal(argv: readonly string[]): boolean {
  return nameOf(argv) !== undefined;
}

/** Whether all that the command prints are words of the engine's: `logs` passes on those of a program. */
export function printsOwnWords(argv: readonly string[]): boolean {
  const name = nameOf(argv);
  return name !== undefined && name !== 'logs';
}

/** The last word of the command's name, if it is one of these. */
function nameOf([first = '', second = '']: readonly string[]): string | undefined {
  const group = first.toLowerCase();
  const isGroup = group !== '' && Object.hasOwn(COMMANDS, group);
  const [words, word] = isGroup ? [COMMANDS[group], second] : [COMMANDS[''], group];
  return word !== '' && words?.split(' ').includes(word) ? word : undefined;
}
