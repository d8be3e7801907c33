export {
  canonicalName,
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
  withDefaultTag,
} from './reference.js';
