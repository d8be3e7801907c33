import 'reflect-metadata';
import { demandClass, EXTENDS_KEY, type ExtendedCall, type Next } from '../../contracts/index.js';

export interface ExtendsMetadata {
  /** The command's own name, `run` or `volume ls`; `*` for every command. */
  readonly command: string;
  /**
   * The fate of a call when this plugin cannot answer: `skip` (the default) goes on without it, with a warning;
   * `refuse` refuses the call, as a policy must.
   */
  readonly onFailure: 'skip' | 'refuse';
}

/** A class with `@Extends`: flags as properties with `@Option`, and what is done around the call, or either of these. */
export interface CommandExtension {
  /** Throw a `Veto` to refuse the call. Without it, the class brings flags only. */
  around?(call: ExtendedCall, next: Next): Promise<number | void>;
}

/** Adds flags to a command of the engine or of another plugin, and runs code around its calls. */
export function Extends(command: string, detail: Partial<Omit<ExtendsMetadata, 'command'>> = {}) {
  return (target: new (...services: never[]) => object): void => {
    demandClass('Extends', target);
    const metadata: ExtendsMetadata = { onFailure: 'skip', ...detail, command };
    Reflect.defineMetadata(EXTENDS_KEY, metadata, target);
  };
}

/** @internal */
export function extendsMetadata(target: object): ExtendsMetadata | undefined {
  return Reflect.getOwnMetadata(EXTENDS_KEY, target) as ExtendsMetadata | undefined;
}
