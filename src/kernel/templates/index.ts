/**
 * Go templates of `--format`: read, checked and carried out within a budget of steps and of output, and the values that Go has
 * and JSON has not. Imports contracts and text. Knows no list and no command.
 */
export { failure } from './budget.js';
export { NIL_LIST, NIL_MAP, omitEmpty, TemplateMap, withGoNames } from './go-values.js';
export { compileTemplate, isMissingField } from './template.js';
