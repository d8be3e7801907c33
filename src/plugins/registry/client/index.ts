/**
 * Work on behalf of a client: its login, its progress display, questions at its terminal. Sends nothing
 * itself. Imports contracts and distribution.
 */

export { loginOf } from './client-login.js';
export { Prompt, secretFrom } from './prompt.js';
export { pullFor } from './pull-for-client.js';
export { progressFor } from './pull-progress.js';
