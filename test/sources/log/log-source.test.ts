import { existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { openFollowed } from '../../../src/sources/log/followed-file.js';
import type { LogReader, LogReaderOutput } from '../../../src/sources/log/log-reader.js';
import { LogSource, type LogSourceOptions } from '../../../src/sources/log/log-source.js';
import { Witness } from '../ami/running-source.js';
import { line, until, WrittenLog } from './log-lab.js';

/** Takes each line for an event whose session is the line's text; a line of its own says that it is none, another is kept back. */
function read(output: LogReaderOutput): LogReader {
  let kept = '';
  const event = (text: string) => output.onEvent({ event: 'InvalidPassword', sessionId: text } as SecurityEvent);
  return {
    settle: () => {
      if (kept !== '') event(`settled ${kept}`);
      kept = '';
    },
    skipped: () => undefined,
    read: (bytes: Buffer) => {
      for (const text of bytes.toString().split(/(?<=\n)/)) {
        if (text === 'ignored\n') output.onIgnored();
        else if (text === 'malformed\n') output.onMalformed('value');
        else if (text === 'kept back\n') kept = text;
        else event(text);
      }
    },
  };
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A source that runs until the test ends, if not before by `stop`. */
class RunningSource {
  readonly witness = new Witness();
  readonly source: LogSource;
  readonly lags: number[] = [];
  ignored = 0;
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;

  constructor(t: Test, log: WrittenLog, options: Partial<LogSourceOptions> = {}) {
    this.source = new LogSource({
      path: log.path,
      positionPath: `${log.directory}/position.json`,
      read,
      silenceMs: 60_000,
      pollMs: 2,
      drainMs: 60_000,
      lineBytesMax: 1_000,
      retryFirstMs: 2,
      retryMaxMs: 4,
      clock: () => performance.now(),
      onIgnored: () => {
        this.ignored += 1;
      },
      onLag: (bytes) => this.lags.push(bytes),
      log: silent,
      ...options,
    });
    this.#ended = this.source.start(this.witness, this.#abort.signal);
    t.teardown(() => this.stop());
  }

  get lines(): string[] {
    return this.witness.events.map(({ sessionId }) => sessionId);
  }

  async untilState(name: string): Promise<void> {
    await until(name, () => this.witness.names.at(-1) === name);
  }

  async untilLines(count: number): Promise<void> {
    await until(`${count} lines`, () => this.lines.length >= count);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }
}

await t.test('events, malformed and ignored lines are told, and that it hears before the first event', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningSource(t, log);
  await run.untilState('connected');
  log.text(`ignored\nmalformed\n${'x'.repeat(1_001)}\n`);
  await until('all three', () => run.witness.malformed.length === 2 && run.ignored === 1);
  t.strictSame(run.witness.names, ['connected']);
  log.write(2);
  await run.untilLines(2);
  t.strictSame(run.witness.malformed, ['value', 'oversize']);
  t.strictSame(run.lines, log.written);
  t.strictSame(run.witness.names, ['connected', 'hearing']);
  await until('no lag', () => run.lags.at(-1) === 0);
});

await t.test('after a stop it goes on where the last mark was, which may be acknowledged after the stop', async (t) => {
  const log = new WrittenLog(t);
  log.write(2);
  const first = new RunningSource(t, log);
  await first.untilState('connected');
  log.write(3);
  await first.untilLines(3);
  await first.stop();
  first.source.mark()();
  log.write(2);
  log.rename();
  log.reopen();
  log.write(2);
  const second = new RunningSource(t, log);
  await second.untilLines(4);
  await second.stop();
  t.strictSame(
    [...first.lines, ...second.lines],
    log.written.slice(2),
    'without what was there before the first start',
  );
  t.strictSame(second.witness.names, ['connected', 'hearing'], 'no loss');
});

await t.test('what was read after the mark that was acknowledged is read again after a kill', async (t) => {
  const log = new WrittenLog(t);
  const first = new RunningSource(t, log);
  await first.untilState('connected');
  log.write(3);
  await first.untilLines(3);
  const acknowledge = first.source.mark();
  log.write(2);
  await first.untilLines(5);
  acknowledge();
  first.source.mark(); // Nobody says that this was sent.
  await first.stop();
  const second = new RunningSource(t, log);
  await second.untilLines(2);
  t.strictSame(second.lines, log.written.slice(3));
});

await t.test('without a file to remember in, each start begins at the end', async (t) => {
  const log = new WrittenLog(t);
  const first = new RunningSource(t, log, { positionPath: null });
  await first.untilState('connected');
  log.write(3);
  await first.untilLines(3);
  await first.stop();
  first.source.mark()();
  log.write(2);
  const second = new RunningSource(t, log, { positionPath: null });
  await second.untilState('connected');
  log.write(1);
  await second.untilLines(1);
  t.strictSame(second.lines, [line(6)]);
});

await t.test('a mark before the log was ever open remembers nothing', async (t) => {
  const log = new WrittenLog(t);
  unlinkSync(log.path);
  mkdirSync(log.path);
  const run = new RunningSource(t, log);
  await run.untilState('disconnected');
  run.source.mark()();
  t.equal(existsSync(`${log.directory}/position.json`), false);
  new LogSource({ ...({} as LogSourceOptions), path: log.path, positionPath: null }).mark()();
});

await t.test('a log that is not there is a disconnection that says what to do, until it is there', async (t) => {
  const log = new WrittenLog(t);
  unlinkSync(log.path);
  const run = new RunningSource(t, log);
  await run.untilState('disconnected');
  t.match(run.witness.states, [{ retryMs: 2, reason: /full is not there \(ENOENT\): .*logger show channels/ }]);
  log.reopen();
  log.write();
  await run.untilLines(1);
  t.strictSame(run.witness.names, ['disconnected', 'connected', 'hearing']);
});

await t.test('a log to which nothing is written is deaf until something is', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningSource(t, log, { silenceMs: 20 });
  await run.untilState('deaf');
  t.match(run.witness.states.at(-1), { reason: /nothing was written to .*full for 0.02 s/ });
  log.text('ignored\n');
  await until('connected again', () => run.witness.names.length >= 3);
  t.strictSame(run.witness.names.slice(0, 3), ['connected', 'deaf', 'connected']);
});

await t.test('positions that are damaged, or whose file has gone, are a loss that is told', async (t) => {
  const log = new WrittenLog(t);
  log.write(3);
  writeFileSync(`${log.directory}/position.json`, 'damaged');
  const first = new RunningSource(t, log);
  await until('connected again', () => first.witness.names.length === 3);
  t.strictSame(first.witness.names, ['connected', 'disconnected', 'connected']);
  t.match(first.witness.reasons, [/position.json are damaged: .*full is read from its present end on/]);
  log.write();
  await first.untilLines(1);
  t.strictSame(first.lines, [line(4)]);
  await first.stop();
  first.source.mark()();
  unlinkSync(log.path);
  log.reopen();
  log.write();
  const second = new RunningSource(t, log);
  await second.untilLines(1);
  t.strictSame(second.witness.names, ['connected', 'disconnected', 'connected', 'hearing']);
  t.match(second.witness.reasons, [/the rest of a file that was .*full could not be found.*compressed/]);
  t.strictSame(second.lines, [line(5)]);
});

await t.test('a disk that fails is a disconnection; later it goes on where it was', async (t) => {
  const log = new WrittenLog(t);
  let failures = 0;
  const openFile: typeof openFollowed = async (...args) => {
    const file = await openFollowed(...args);
    const look = file?.look.bind(file);
    if (file !== null && look !== undefined) {
      file.look = async () => {
        if (failures-- > 0) throw Object.assign(new Error('disk'), { code: 'EIO', syscall: 'fstat' });
        return look();
      };
    }
    return file;
  };
  const run = new RunningSource(t, log, { openFile });
  await run.untilState('connected');
  log.write(3);
  await run.untilLines(3);
  failures = 3;
  log.write(2);
  await run.untilLines(5);
  log.write(1);
  await run.untilLines(6);
  t.strictSame(run.lines, log.written);
  t.match(run.witness.reasons[0], /full cannot be read \(EIO\)/);
});

await t.test(
  'what a reader keeps back it hands out when nothing was written for a second, and not before',
  async (t) => {
    const log = new WrittenLog(t);
    let ahead = 0;
    const run = new RunningSource(t, log, { clock: () => performance.now() + ahead });
    await until('connected', () => run.witness.names.length > 0);
    log.text('kept back\n');
    await until('read', () => run.lags.at(-1) === 0 && readFileSync(log.path, 'utf8').length > 0);
    const looks = run.lags.length;
    await until('looked at again', () => run.lags.length > looks + 3);
    t.same(run.lines, []);
    ahead += 1_000;
    await run.untilLines(1);
    t.same(run.lines, ['settled kept back\n']);
  },
);

await t.test('a reader is told where a line was left out', async (t) => {
  const log = new WrittenLog(t);
  let skips = 0;
  const skipped = () => {
    skips += 1;
  };
  const run = new RunningSource(t, log, { read: (output) => ({ ...read(output), skipped }) });
  await until('connected', () => run.witness.names.length > 0);
  log.text(`${'x'.repeat(2_000)}\n`);
  await until('left out', () => run.witness.malformed.length > 0);
  t.same(run.witness.malformed, ['oversize']);
  t.equal(skips, 1);
});

await t.test('a fault of our own ends it', async (t) => {
  const log = new WrittenLog(t);
  const source = new LogSource({
    path: log.path,
    positionPath: null,
    read: () => ({
      read: () => {
        throw new TypeError('a fault of our own');
      },
      settle: () => undefined,
      skipped: () => undefined,
    }),
    silenceMs: 1_000,
    pollMs: 1,
    drainMs: 1_000,
    lineBytesMax: 1_000,
    retryFirstMs: 1,
    retryMaxMs: 1,
    clock: () => performance.now(),
    onIgnored: () => undefined,
    onLag: () => undefined,
    log: silent,
  });
  const witness = new Witness();
  const ended = source.start(witness, new AbortController().signal);
  await until('connected', () => witness.names.length > 0);
  log.write();
  await t.rejects(ended, { message: 'a fault of our own' });
});

await t.test('what is remembered is no text of the log', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningSource(t, log);
  await run.untilState('connected');
  log.write(30);
  await run.untilLines(30);
  run.source.mark()();
  t.notMatch(readFileSync(`${log.directory}/position.json`, 'utf8'), /line 30|SECURITY/);
});
