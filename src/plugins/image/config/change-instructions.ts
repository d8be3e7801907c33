import { constants } from 'node:os';
import { posix } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import { DEFAULT_PATH, type ImageConfig } from '../contracts/index.js';
import { healthcheck } from './healthcheck-instruction.js';
import { expandWord, splitWords } from './instruction-words.js';

type Change = (config: ImageConfig, text: string, expanded: Expand) => ImageConfig;
/** A word of an instruction without quotes, its variables replaced. */
type Expand = (word: string) => string;

const CHANGES: Readonly<Record<string, Change>> = {
  CMD: (config, text) => ({ ...config, Cmd: command(text) }),
  ENTRYPOINT: (config, text) => ({ ...config, Entrypoint: command(text) }),
  ENV: (config, text, expanded) => ({
    ...config,
    Env: withVariables(config.Env ?? [], pairs('ENV', text, expanded)),
  }),
  EXPOSE: (config, text, expanded) => ({
    ...config,
    ExposedPorts: { ...config.ExposedPorts, ...keys(words(text, expanded).flatMap(splitWords).flatMap(ports)) },
  }),
  HEALTHCHECK: (config, text) => ({ ...config, Healthcheck: healthcheck(text, jsonList) }),
  LABEL: (config, text, expanded) => ({
    ...config,
    Labels: { ...config.Labels, ...Object.fromEntries(pairs('LABEL', text, expanded)) },
  }),
  ONBUILD: (config, text) => ({ ...config, OnBuild: [...(config.OnBuild ?? []), trigger(text)] }),
  STOPSIGNAL: (config, text, expanded) => ({ ...config, StopSignal: signal(expanded(text)) }),
  USER: (config, text, expanded) => ({ ...config, User: expanded(text) }),
  VOLUME: (config, text, expanded) => ({
    ...config,
    Volumes: { ...config.Volumes, ...keys(jsonList(text)?.map(expanded) ?? words(text, expanded)) },
  }),
  WORKDIR: (config, text, expanded) => ({
    ...config,
    WorkingDir: posix.resolve('/', config.WorkingDir ?? '', expanded(text)),
  }),
};

/**
 * Applies `--change` instructions, in Dockerfile syntax, to an image's configuration. One text may hold several, in lines
 * that a backslash at the end continues.
 * @throws GantryError `invalid`
 */
export function applyChanges(config: ImageConfig, texts: readonly string[]): ImageConfig {
  const instructions = texts.flatMap(linesOf);
  const changed = instructions.reduce(applyOne, config);
  const names = instructions.map((instruction) => nameAndText(instruction).name);
  // A command of the parent means nothing to another entrypoint.
  if (!names.includes('ENTRYPOINT') || names.slice(0, names.lastIndexOf('ENTRYPOINT')).includes('CMD')) return changed;
  const { Cmd, ...rest } = changed;
  return names.includes('CMD') && Cmd ? changed : rest;
}

/** Lines without comments, those that are continued put together. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const whole = lines.join('\n').replace(/\\[ \t\r]*\n/g, '');
  const found = whole.split('\n').filter((line) => line.trim() !== '');
  return found.length > 0 ? found : [text];
}

function nameAndText(instruction: string): { readonly name: string; readonly text: string } {
  const [, name = '', text = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(instruction) ?? [];
  return { name: name.toUpperCase(), text };
}

function applyOne(config: ImageConfig, instruction: string): ImageConfig {
  const { name, text } = nameAndText(instruction);
  const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
  if (!change) throw new GantryError('invalid', `${name.toLowerCase()} is not a valid change command`);
  if (text === '') throw new GantryError('invalid', `${name} requires at least one argument`);
  const variables = new Map([`PATH=${DEFAULT_PATH}`, ...(config.Env ?? [])].map((entry) => keyAndValue(entry)));
  return change(config, text, (word) => expandWord(word, (variable) => variables.get(variable)));
}

function keyAndValue(entry: string): [string, string] {
  const equals = entry.indexOf('=');
  return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
}

function words(text: string, expanded: Expand): string[] {
  return splitWords(text).map(expanded);
}

function command(text: string): string[] {
  return jsonList(text) ?? ['/bin/sh', '-c', text];
}

function jsonList(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An instruction for builds on top of the image. */
function trigger(text: string): string {
  const name = /^\S+/.exec(text)?.[0].toUpperCase() ?? '';
  if (name === 'ONBUILD') throw new GantryError('invalid', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (name === 'FROM' || name === 'MAINTAINER') {
    throw new GantryError('invalid', `${name} isn't allowed as an ONBUILD trigger`);
  }
  return text;
}

/** `A=1 B="2 3"`, or the old `A 1 2 3`. Variables are those from before the instruction. */
function pairs(name: string, text: string, expanded: Expand): [string, string][] {
  const [, key = '', value] = /^([^\s=]+)\s+(.*)$/s.exec(text) ?? [];
  if (value !== undefined) return [[expanded(key), expanded(value)]];
  return splitWords(text).map((word) => {
    const equals = word.indexOf('=');
    if (equals <= 0) throw new GantryError('invalid', `${name} must have names and values: "${word}" is not KEY=VALUE`);
    return [expanded(word.slice(0, equals)), expanded(word.slice(equals + 1))];
  });
}

function withVariables(env: readonly string[], variables: readonly [string, string][]): string[] {
  const merged = new Map(env.map((entry) => [keyAndValue(entry)[0], entry]));
  for (const [key, value] of variables) merged.set(key, `${key}=${value}`);
  return [...merged.values()];
}

const HIGHEST_SIGNAL = 64;

/** A name with or without SIG, RTMIN+n, or a number, as it was given. */
function signal(text: string): string {
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  const isNumber = /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= HIGHEST_SIGNAL;
  if (isNumber || Object.hasOwn(constants.signals, name) || /^SIGRTM(IN(\+\d{1,2})?|AX(-\d{1,2})?)$/.test(name))
    return text;
  throw new GantryError('invalid', `Invalid signal: ${text}`);
}

const MAX_PORT = 65_535;

/** `80`, `53/udp`, `8000-8010`. */
function ports(text: string): string[] {
  const [, first, last = first, protocol = 'tcp'] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from >= 1 && from <= to && to <= MAX_PORT)) throw new GantryError('invalid', `invalid containerPort: ${text}`);
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol.toLowerCase()}`);
}

function keys(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}
