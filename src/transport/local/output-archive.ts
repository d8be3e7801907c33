import type { Outcome } from '../../kernel/contracts/index.js';
import { failureForWire, type Unpacking } from '../wire/index.js';
import type { LocalSink, StdoutTarget } from './stdout-target.js';

/** The stdout of a call as an archive that is unpacked on the way. */
export class OutputArchive implements StdoutTarget {
  constructor(private readonly unpacking: Unpacking) {}

  output(failed: (error: NodeJS.ErrnoException) => void): LocalSink {
    const { input, done } = this.unpacking;
    done.catch(failed);
    return {
      write: (bytes) => input.destroyed || input.write(Buffer.from(bytes)),
      whenDrained: (listener) => {
        const tell = (): void => {
          input.off('drain', tell).off('close', tell);
          listener();
        };
        if (input.destroyed || !input.writableNeedDrain) listener();
        else input.on('drain', tell).on('close', tell);
      },
    };
  }

  async outcome(outcome: Outcome): Promise<Outcome> {
    this.unpacking.input.end();
    try {
      await this.unpacking.done;
      return outcome;
    } catch (error) {
      return outcome.exitCode === 0 ? { exitCode: 1, failure: failureForWire(error) } : outcome;
    }
  }
}
