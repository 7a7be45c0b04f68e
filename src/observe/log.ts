import pino from 'pino';
import pretty from 'pino-pretty';
import { maskText } from '../domain/mask.js';
import { redact } from './redact.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `auto`: for people on a terminal, JSON everywhere else. */
export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

/** A function is asked only for a line that somebody will see. */
type Told = LogFields | (() => LogFields);

/** All that the rest of Waybill knows of logging. A message is a fixed phrase; what varies goes into fields. */
export type Log = {
  debug(message: string, fields?: Told): void;
  info(message: string, fields?: Told): void;
  warn(message: string, fields?: Told): void;
  error(message: string, fields?: Told): void;
  /** A log whose every line carries these fields too. */
  child(bindings: LogFields): Log;
};

/** Where lines go: a stream, or a list in a test. */
export type LogDestination = { write(line: string): unknown; readonly isTTY?: boolean };

export type LogOptions = {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Default: the process's stdout, to which the last line before an exit is written too. */
  readonly destination?: LogDestination;
  readonly bindings?: LogFields;
};

/**
 * A log that cannot tell secrets: named ones are redacted, and numbers and link queries are masked in
 * every string, however deep, in messages and errors too.
 */
export function createLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    openStream(options),
  );
  return wrap(logger).child(options.bindings ?? {});
}

function openStream({ format, destination }: LogOptions): pino.DestinationStream {
  const isTerminal = destination === undefined ? process.stdout.isTTY : destination.isTTY === true;
  const plain = destination ?? oncePerTurn(pino.destination({ fd: 1, sync: true }));
  const forPeople = format === 'pretty' || (format === 'auto' && isTerminal);
  if (!forPeople) return { write: (line) => void plain.write(line) };
  const toText = pretty.prettyFactory(isTerminal ? {} : { colorize: false });
  return { write: (line) => void plain.write(toText(line)) };
}

/** Writes what one turn of the event loop has told at its end, or when the process exits before that. */
function oncePerTurn(stream: pino.DestinationStream): pino.DestinationStream {
  let told = '';
  function flush(): void {
    const lines = told;
    told = '';
    if (lines !== '') stream.write(lines);
  }
  process.once('exit', flush);
  return {
    write(line) {
      if (told === '') setImmediate(flush);
      told += line;
    },
  };
}

function wrap(logger: pino.Logger): Log {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Told = {}) => {
      // Masking walks the fields: not for a line that nobody will see.
      if (!logger.isLevelEnabled(level)) return;
      logger[level](redact(typeof fields === 'function' ? fields() : fields), maskText(message));
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (bindings) => wrap(logger.child({ ...redact(bindings) })),
  };
}
