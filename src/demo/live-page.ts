import type { Attacker, Connection, Count, LiveView } from './live-view.js';

/** The terminal, or whatever standard output is. */
export interface LiveOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly writableNeedDrain?: boolean | undefined;
  write(text: string): unknown;
}

export interface LivePageOptions {
  readonly out: LiveOutput;
  /** Read at each drawing. */
  readonly snapshot: () => LiveView;
  /** False if NO_COLOR is set (https://no-color.org). */
  readonly color: boolean;
  /** Calls back until the function that it returns is called. */
  readonly every?: (draw: () => void, ms: number) => () => void;
}

const PAGE_MS = 500;
const LINE_MS = 5_000;
/** The terminal's alternate screen, without a cursor, so that its content returns at the end. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[2K';

/** On a terminal, shows a page that refreshes in place; anywhere else, a line every five seconds. */
export class LivePage {
  readonly #options: LivePageOptions;

  constructor(options: LivePageOptions) {
    this.#options = options;
  }

  /** Draws until the signal is aborted; then restores the terminal and leaves one last line. */
  start(signal: AbortSignal): void {
    const { out, every = onInterval } = this.#options;
    const onTerminal = out.isTTY === true;
    const draw = onTerminal ? () => this.#drawPage() : () => this.#drawLine();
    if (onTerminal) out.write(ENTER);
    draw();
    const stop = every(draw, onTerminal ? PAGE_MS : LINE_MS);
    const finish = () => {
      stop();
      if (onTerminal) out.write(LEAVE);
      this.#drawLine();
    };
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  }

  #drawPage(): void {
    const { out, snapshot, color } = this.#options;
    // A terminal that has not accepted the last page gets no further one.
    if (out.writableNeedDrain === true) return;
    const page = renderLivePage(snapshot(), out.columns ?? 80, out.rows ?? 24, color);
    // Erased before it is written: after a full line the cursor may still be on its last column.
    const lines = page.split('\n').map((line) => `${ERASE_LINE}${line}`);
    out.write(HOME + lines.join('\n'));
  }

  #drawLine(): void {
    this.#options.out.write(`${renderLiveLine(this.#options.snapshot())}\n`);
  }
}

/** The page as exactly `rows` lines of at most `columns` columns; names are shown with what is not ASCII escaped. */
export function renderLivePage(view: LiveView, columns: number, rows: number, color = false): string {
  const foot = [...wrap(view.notice, columns, 2), 'Ctrl-C ends'].map((text): Line => [INDENT, dim(text)]);
  const head = [...header(view, columns), ...serviceTable(view.services, columns)];
  const others = otherEvents(view.otherEvents, columns);
  const bodyRows = Math.max(rows - foot.length, 0);
  const attackers = attackerTable(view, columns, bodyRows - head.length - others.length);
  const blank = Array.from({ length: rows }, (): Line => []);
  const body = [...head, ...attackers, ...others, ...blank].slice(0, bodyRows);
  return [...body, ...foot]
    .slice(-rows)
    .map((line) => paint(fit(line, columns), color))
    .join('\n');
}

/** The same in one line, for logs and pipes. */
export function renderLiveLine(view: LiveView): string {
  const sum = total(view.services);
  const worst = view.attackers[0];
  return [
    `up ${duration(view.uptimeMs)}`,
    view.connection.state,
    `failed ${number(sum.count)} (${rate(sum.perSecond)}/s)`,
    ...view.services.map(({ name, count }) => `${printable(name)} ${number(count)}`),
    `addresses ${number(view.addresses)}`,
    ...(worst === undefined ? [] : [`worst ${printable(worst.name)} ${number(worst.count)}`]),
  ].join('  ');
}

const SGR = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
/** Text without control characters, one column for each character. */
interface Span {
  readonly text: string;
  readonly style?: keyof typeof SGR;
}
type Line = readonly Span[];

const INDENT: Span = { text: ' ' };
const LIGHTS: Readonly<Record<Connection['state'], Span>> = {
  connecting: { text: '○', style: 'dim' },
  connected: { text: '●', style: 'yellow' },
  hearing: { text: '●', style: 'green' },
  'partly-deaf': { text: '●', style: 'yellow' },
  deaf: { text: '●', style: 'red' },
  disconnected: { text: '○', style: 'red' },
};
/** Columns of the figures: a count and a rate with `/s` after it. */
const COUNT_COLUMNS = 11;
const RATE_COLUMNS = 9;
const SERVICE_COLUMNS = 10;
const OTHER_LINES_MAX = 3;
/** Services beyond these are in the sum only. Asterisk has three: PJSIP, SIP and AMI. */
const SERVICES_MAX = 4;

function header(view: LiveView, columns: number): Line[] {
  const title = printable(view.title);
  const uptime = `up ${duration(view.uptimeMs)} `.padStart(Math.max(columns - title.length - 1, 0));
  const [first = '', ...more] = wrap(stateText(view.connection), columns - 2, 3);
  return [
    [INDENT, { text: title, style: 'bold' }, dim(uptime)],
    [INDENT, LIGHTS[view.connection.state], { text: ` ${first}` }],
    ...more.map((text): Line => [INDENT, INDENT, INDENT, { text }]),
    [],
  ];
}

function stateText(connection: Connection): string {
  switch (connection.state) {
    case 'connecting':
      return 'connecting';
    case 'connected':
      return 'connected, waiting for the first security event';
    case 'hearing':
      return 'connected, security events arrive';
    case 'partly-deaf':
      return `connected, but partly deaf: ${connection.reason}`;
    case 'deaf':
      return `connected, but deaf: ${connection.reason}`;
    case 'disconnected':
      return `not connected, next try in ${Math.ceil(connection.retryMs / 1000)} s: ${connection.reason}`;
    /* c8 ignore next 2 */ // No value gets here: the compiler holds the list against the type.
    default:
      return connection satisfies never;
  }
}

function serviceTable(services: readonly Count[], columns: number): Line[] {
  const width = nameColumns(columns);
  const rows = services.length > 1 ? [...services.slice(0, SERVICES_MAX), total(services)] : services;
  const lines = rows.map((service): Line => {
    const graph = sparkline(service.recent.slice(-graphColumns(columns)));
    return [cell(service.name, width), ...figures(service), { text: `  ${graph}`, style: 'cyan' }];
  });
  return [heading('FAILED AUTHENTICATIONS', width, 'last minute'), ...orNone(lines), []];
}

function attackerTable(view: LiveView, columns: number, linesMax: number): Line[] {
  const width = nameColumns(columns);
  const most = view.attackers[0]?.count ?? 0;
  const line = (attacker: Attacker): Line => {
    const bar = blocks(attacker.count / most, Math.min(graphColumns(columns), 30));
    const service = `${attacker.service} ${attacker.transport}`;
    return [
      cell(attacker.name, width - SERVICE_COLUMNS),
      cell(service, SERVICE_COLUMNS, ''),
      ...figures(attacker),
      { text: `  ${bar}`, style: 'red' },
    ];
  };
  const title = `TOP ATTACKERS  of ${number(view.addresses)}`;
  return [heading(title, width, ''), ...orNone(view.attackers.map(line)).slice(0, Math.max(linesMax - 2, 0)), []];
}

function otherEvents(events: readonly Count[], columns: number): Line[] {
  const items = events.map(({ name, count }) => `${printable(name)} ${number(count)}`);
  const lines = flow(items, '   ', columns, OTHER_LINES_MAX).map((text): Line => [INDENT, { text }]);
  return [[INDENT, { text: 'OTHER EVENTS', style: 'bold' }], ...orNone(lines), []];
}

function wrap(text: string, columns: number, linesMax: number): string[] {
  return flow(printable(text).split(' '), ' ', columns, linesMax);
}

/** As many items on a line as fit after the indent; what does not fit on the last line is left out. */
function flow(items: readonly string[], gap: string, columns: number, linesMax: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const longer = `${lines.at(-1)}${gap}${item}`;
    if (lines.length > 0 && longer.length < columns) lines[lines.length - 1] = longer;
    else lines.push(item);
  }
  return lines.slice(0, linesMax);
}

function heading(title: string, width: number, graph: string): Line {
  const figuresTitle = 'count'.padStart(COUNT_COLUMNS) + 'rate'.padStart(RATE_COLUMNS);
  return [{ ...cell(title, width), style: 'bold' }, dim(`${figuresTitle}  ${graph}`)];
}

function figures({ count, perSecond }: Count): Line {
  const text = `${rate(perSecond)}/s`.padStart(RATE_COLUMNS);
  return [{ text: number(count).padStart(COUNT_COLUMNS) }, perSecond > 0 ? { text } : dim(text)];
}

function orNone(lines: readonly Line[]): readonly Line[] {
  return lines.length > 0 ? lines : [[INDENT, dim('none yet')]];
}

function total(services: readonly Count[]): Count {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return {
    name: 'all',
    count: sum(services.map(({ count }) => count)),
    perSecond: sum(services.map(({ perSecond }) => perSecond)),
    recent: services[0]?.recent.map((_, index) => sum(services.map(({ recent }) => recent[index] ?? 0))) ?? [],
  };
}

/** A full IPv6 address has 39 characters; narrow terminals cut it. */
function nameColumns(columns: number): number {
  return columns >= 100 ? 52 : 36;
}

function graphColumns(columns: number): number {
  return Math.max(columns - nameColumns(columns) - COUNT_COLUMNS - RATE_COLUMNS - 3, 0);
}

const LEVELS = '▁▂▃▄▅▆▇█';
const EIGHTHS = ' ▏▎▍▌▋▊▉';

function sparkline(values: readonly number[]): string {
  const highest = Math.max(...values, Number.MIN_VALUE);
  return values.map((value) => LEVELS.charAt(Math.round((value / highest) * 7))).join('');
}

/** A bar of at most `width` columns, in eighths of a column. */
function blocks(share: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS.charAt(eighths % 8).trim();
}

/** A name in exactly `width` columns: an indent, then as much of it as fits before one blank. */
function cell(name: string, width: number, indent = ' '): Span {
  const text = indent + printable(name);
  return { text: (text.length < width ? text : `${text.slice(0, width - 2)}…`).padEnd(width) };
}

function dim(text: string): Span {
  return { text, style: 'dim' };
}

/** The start of a line, as far as it fits into the columns. */
function fit(line: Line, columns: number): Line {
  let left = columns;
  return line.map((span) => {
    const text = span.text.slice(0, left);
    left -= text.length;
    return { ...span, text };
  });
}

function paint(line: Line, color: boolean): string {
  const spans = line.map(({ text, style }) =>
    color && style !== undefined && text !== '' ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text,
  );
  return color ? spans.join('') : spans.join('').trimEnd();
}

/** Names come from the network: anything but printable ASCII is shown as its code. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function rate(perSecond: number): string {
  return perSecond.toFixed(1);
}

function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function onInterval(draw: () => void, ms: number): () => void {
  const timer = setInterval(draw, ms);
  return () => clearInterval(timer);
}
