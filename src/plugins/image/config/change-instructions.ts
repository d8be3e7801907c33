import { posix } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import type { ImageConfig } from '../contracts/index.js';
import { healthcheck } from './healthcheck-instruction.js';
import { splitWords } from './instruction-words.js';

type Change = (config: ImageConfig, text: string) => ImageConfig;

const CHANGES: Readonly<Record<string, Change>> = {
  CMD: (config, text) => ({ ...config, Cmd: command(text) }),
  ENTRYPOINT: (config, text) => ({ ...config, Entrypoint: command(text) }),
  ENV: (config, text) => ({ ...config, Env: withVariables(config.Env ?? [], pairs('ENV', text)) }),
  EXPOSE: (config, text) => ({
    ...config,
    ExposedPorts: { ...config.ExposedPorts, ...keys(splitWords(text).flatMap(ports)) },
  }),
  HEALTHCHECK: (config, text) => ({ ...config, Healthcheck: healthcheck(text, jsonList) }),
  LABEL: (config, text) => ({ ...config, Labels: { ...config.Labels, ...Object.fromEntries(pairs('LABEL', text)) } }),
  ONBUILD: (config, text) => ({ ...config, OnBuild: [...(config.OnBuild ?? []), trigger(text)] }),
  STOPSIGNAL: (config, text) => ({ ...config, StopSignal: text }),
  USER: (config, text) => ({ ...config, User: text }),
  VOLUME: (config, text) => ({
    ...config,
    Volumes: { ...config.Volumes, ...keys(jsonList(text) ?? splitWords(text)) },
  }),
  WORKDIR: (config, text) => ({ ...config, WorkingDir: posix.resolve('/', config.WorkingDir ?? '', text) }),
};

/**
 * Applies `--change` instructions, in Dockerfile syntax, to an image's configuration.
 * @throws GantryError `invalid`
 */
export function applyChanges(config: ImageConfig, instructions: readonly string[]): ImageConfig {
  return instructions.reduce(applyOne, config);
}

function applyOne(config: ImageConfig, instruction: string): ImageConfig {
  const [, name = '', text = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(instruction) ?? [];
  const change = Object.hasOwn(CHANGES, name.toUpperCase()) ? CHANGES[name.toUpperCase()] : undefined;
  if (!change) throw new GantryError('invalid', `${name.toLowerCase()} is not a valid change command`);
  if (text === '') throw new GantryError('invalid', `${name.toUpperCase()} requires at least one argument`);
  return change(config, text);
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

/** `A=1 B="2 3"`, or the old `A 1 2 3`. */
function pairs(name: string, text: string): [string, string][] {
  const [, key = '', value] = /^([^\s=]+)\s+(.*)$/s.exec(text) ?? [];
  if (value !== undefined) return [[key, value]];
  return splitWords(text).map((word) => {
    const equals = word.indexOf('=');
    if (equals <= 0) throw new GantryError('invalid', `${name} must have names and values: "${word}" is not KEY=VALUE`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

function withVariables(env: readonly string[], variables: readonly [string, string][]): string[] {
  const merged = new Map(env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry]));
  for (const [key, value] of variables) merged.set(key, `${key}=${value}`);
  return [...merged.values()];
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
