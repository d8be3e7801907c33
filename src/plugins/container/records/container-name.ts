import { randomInt } from 'node:crypto';
import { GantryError } from '../../../kernel/index.js';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** @returns the name without the slash that `inspect` shows before it @throws GantryError `invalid`, in Docker's words */
export function checkName(given: string): string {
  const name = given.replace(/^\//, '');
  if (NAME.test(name)) return name;
  throw new GantryError(
    'invalid',
    `Invalid container name (${given}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, two characters at least`,
  );
}

/** A name for a container without one: an adjective and the surname of someone who built or sailed ships. */
export function randomName(attempt: number): string {
  const base = `${pick(ADJECTIVES)}_${pick(SURNAMES)}`;
  return attempt === 0 ? base : `${base}${randomInt(10)}`;
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? '';
}

const ADJECTIVES = (
  'able airy amber balmy blithe bold brave breezy brisk calm candid cheery clever coastal cosy crisp daring deft eager ' +
  'early fair fleet frank fresh gallant gentle glad golden hale handy happy hardy honest humble jaunty jolly keen kind ' +
  'lively lofty loyal lucid lucky mellow merry mighty misty modest neat nimble noble patient placid plucky polite prompt ' +
  'proud quick quiet ready robust salty serene sharp silver sleek snug sober solid sound spry stable steady stout sturdy ' +
  'sunny sure swift tidal tidy true upbeat vivid warm wise witty zesty'
).split(' ');

const SURNAMES = (
  'anning baret beaufort bering bligh bowditch brunel bugge cabot champlain chapelle chichester cochrane cook crozier ' +
  'darwin davis drake eriksson fitzroy flinders franklin fremantle froude gama gerlache griffiths halley harrison herreshoff ' +
  'hopper hudson humboldt knox laperouse lind maclure magellan malaspina mawson mckay mercator nansen nares nobili ohlin ' +
  'parry pigafetta polo pytheas quiros ross sarmiento scoresby semmes shackleton slocum smeaton smith stevenson tasman ' +
  'thomson torres tryon vancouver vespucci watt webb whitworth wilkes worsley zheng'
).split(' ');
