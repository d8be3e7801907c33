/**
 * Completion scripts of the shells, as text. Imports nothing. A script is loaded when a user asks for it.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<string, (() => Promise<string>) | undefined>> = {
  bash: async () => (await import('./bash.js')).BASH,
  zsh: async () => (await import('./zsh.js')).ZSH,
  fish: async () => (await import('./fish.js')).FISH,
};
