import { token } from '../../../kernel/index.js';
import type { SqlImageRecords } from './image-records.js';

/** Rows of images, with more than `Graph` shows: exact bytes, history, children, holders. */
export type ImageRecords = Pick<
  SqlImageRecords,
  | 'get'
  | 'list'
  | 'configBytes'
  | 'document'
  | 'between'
  | 'childrenOf'
  | 'holdersOf'
  | 'layerSize'
  | 'add'
  | 'addBytes'
  | 'restore'
  | 'delete'
  | 'hold'
  | 'release'
>;
export const ImageRecords = token<ImageRecords>('ImageRecords');
