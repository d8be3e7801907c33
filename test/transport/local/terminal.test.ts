import type { ExecutionContext } from 'ava';
import test from 'ava';
import { type IPty, spawn as spawnPty } from 'node-pty';
import type { Client } from '../../../src/kernel/contracts/client.js';
import { write } from '../../../src/kernel/streams/write.js';
import { aborted, CLIENT, serve } from '../support.js';

const LOCAL_CLIENT = import.meta.resolve('../../../src/transport/local/local-client.js');

/** A shell on a terminal of 100 by 30, and what it shows. */
class Screen {
  readonly pty: IPty;
  text = '';

  constructor(t: ExecutionContext, script: string, env: Record<string, string>) {
    this.pty = spawnPty('sh', ['-c', script], {
      cols: 100,
      rows: 30,
      env: { ...process.env, NODE: process.execPath, FIXTURE: CLIENT, ...env },
    });
    this.pty.onData((data) => {
      this.text += data;
    });
    t.teardown(() => this.pty.kill('SIGKILL'));
  }

  /** Waits until the screen shows something, and returns all that it has shown. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

const SETTINGS = 'stty -g | sed "s/^/settings /"';

/** The two settings of the terminal, before and after, that a script around a call shows. */
async function settingsAround(screen: Screen): Promise<[string | undefined, string | undefined]> {
  const [, before, after] = await screen.shows(/settings (\S+).*settings (\S+)\s/s);
  return [before, after];
}

const remote = (call: string): string => `${SETTINGS}; ${call}; ${SETTINGS}; echo done`;
const CALL = '"$NODE" "$FIXTURE" "$ADDRESS" run; echo "code $?"';

async function raw(client: Client, ready = 'ready'): Promise<void> {
  client.terminal.setRaw(true);
  await write(client.stdout, ready);
}

test('size and streams are told, and a change of size', async (t) => {
  const { address } = await serve(t, {
    run: async ({ terminal, stdout }) => {
      const resized = new Promise<object>((resolve) => terminal.onResize(resolve));
      const { stdin, stdout: out, stderr, size } = terminal;
      await write(stdout, JSON.stringify([stdin, out, stderr, size]));
      await write(stdout, JSON.stringify(await resized));
    },
  });
  const screen = new Screen(t, '"$NODE" "$FIXTURE" "$ADDRESS" run', { ADDRESS: address });
  await screen.shows(/\[true,true,true,\{"columns":100,"rows":30\}\]/);
  screen.pty.resize(120, 40);
  await screen.shows(/\{"columns":120,"rows":40\}/);
  t.pass();
});

test('a terminal that is only on stdin is told too', async (t) => {
  const { address } = await serve(t, {
    run: ({ terminal: { stdin, stdout, stderr, size }, stdout: output }) =>
      write(output, JSON.stringify([stdin, stdout, stderr, size])),
  });
  const screen = new Screen(t, '"$NODE" "$FIXTURE" "$ADDRESS" run 2>/dev/null | cat', { ADDRESS: address });
  await screen.shows(/\[true,false,false,\{"columns":100,"rows":30\}\]/);
  t.pass();
});

test('raw mode: keys arrive one by one, uninterpreted; line feeds stay bare', async (t) => {
  const { address } = await serve(t, {
    run: async (client) => {
      await raw(client, 'up\ndown');
      let seen = '';
      for await (const key of client.stdin) {
        seen += key.toString();
        if (seen.includes('q')) break;
      }
      await write(client.stdout, `[${Buffer.from(seen).toString('hex')}]`);
    },
  });
  const screen = new Screen(t, remote(CALL), { ADDRESS: address });
  await screen.shows(/up\ndown/);
  screen.pty.write('a\x03\x04\x1a\rq');
  await screen.shows(/\[6103041a0d71\]/);
  await screen.shows(/code 0/);
  const [before, after] = await settingsAround(screen);
  t.truthy(before);
  t.is(after, before);
});

const ENDS: Readonly<Record<string, [end: (client: Client) => Promise<void>, code: number]>> = {
  'the command fails': [() => Promise.resolve(), 0],
  'the connection is lost': [async (client) => void (await aborted(client.gone)), 1],
};

for (const [what, [end, code]] of Object.entries(ENDS)) {
  test(`the terminal is as before when ${what}`, async (t) => {
    const listener = await serve(
      t,
      {
        run: async (client) => {
          await raw(client);
          if (code !== 0) void listener.close();
          await end(client);
          if (code !== 0) await new Promise(() => {});
        },
      },
      { closeGrace: 50 },
    );
    const screen = new Screen(t, remote(CALL), { ADDRESS: listener.address });
    await screen.shows(/ready/);
    await screen.shows(new RegExp(`code ${code}`));
    const [before, after] = await settingsAround(screen);
    t.truthy(before);
    t.is(after, before);
  });
}

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGINT'] as const) {
  test(`the terminal is as before when the client gets a ${signal}`, async (t) => {
    const { address } = await serve(t, {
      run: async (client) => {
        await raw(client);
        await aborted(client.gone);
      },
    });
    const script = remote(`"$NODE" "$FIXTURE" "$ADDRESS" run & echo "pid $!"; wait $!; echo "code $?"`);
    const foreground = script.replace('run &', 'run <&3 &');
    const screen = new Screen(t, `exec 3<&0; ${foreground}`, { ADDRESS: address });
    const [, pid] = await screen.shows(/pid (\d+)/);
    await screen.shows(/ready/);
    process.kill(Number(pid), signal);
    const [before, after] = await settingsAround(screen);
    t.truthy(before);
    t.is(after, before);
  });
}

const local = (body: string): string => `
  const { LocalClient } = await import(${JSON.stringify(LOCAL_CLIENT)});
  const client = new LocalClient({ env: process.env, cwd: process.cwd() }, []);
  client.terminal.setRaw(true);
  client.stdout.write('ready ' + JSON.stringify(client.terminal.size));
  ${body}`;

const LOCAL_ENDS: Readonly<Record<string, string>> = {
  'the call is over': 'await client.finish({ exitCode: 0 });',
  'the process exits': 'process.exit(0);',
  'an exception is thrown': 'setTimeout(() => { throw new Error("boom"); }, 1);',
  'a promise is rejected': 'Promise.reject(new Error("boom"));',
};

for (const [what, body] of Object.entries(LOCAL_ENDS)) {
  test(`in this process, the terminal is as before when ${what}`, async (t) => {
    const screen = new Screen(t, remote('"$NODE" --input-type=module -e "$BODY"'), { BODY: local(body) });
    await screen.shows(/ready \{"columns":100,"rows":30\}/);
    const [before, after] = await settingsAround(screen);
    t.truthy(before);
    t.is(after, before);
  });
}

test('ctrl-c again and again leaves a raw terminal whose daemon does nothing with it', async (t) => {
  const { address } = await serve(t, {
    run: async (client) => {
      await raw(client);
      await aborted(client.gone);
    },
  });
  const screen = new Screen(t, remote(CALL), { ADDRESS: address });
  await screen.shows(/ready/);
  for (let n = 0; n < 10; n++) screen.pty.write('\x03');
  await screen.shows(/code 130/);
  const [before, after] = await settingsAround(screen);
  t.is(before, after);
});
