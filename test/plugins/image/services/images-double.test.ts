import test from 'ava';
import { ImagesDouble } from '../../../../src/plugins/image/services/images-double.js';
import { imagesContract } from '../../../contracts/images.js';

imagesContract(test, async () => new ImagesDouble());
