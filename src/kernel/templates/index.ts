/**
 * Go templates of `--format`, as far as Docker's users write them: read, checked and carried out within a budget of steps and of
 * output. Imports contracts and text. Knows no list and no command.
 */
export { compileTemplate } from './template.js';
export { failure } from './template-budget.js';
