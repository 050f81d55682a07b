// Our log, over the host's logger for plugins: each line ours by name, redacted, one line and short; the last ones are kept.
import type { KeptLog, Log } from "../../common/log.ts";
import { redact } from "../../common/redact.ts";
import { plain } from "../../common/text.ts";

/** The host's logger, as far as it is used; the host decides which levels it shows. */
interface HostLogger {
  debug?: (line: string) => void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

const LINE_COLUMNS = 500;
/** Nothing behind it would be shown, so nothing behind it is looked at. */
const READ_CHARS = 4_000;
const KEPT_LINES = 2_000;

/** Writes to the host's logger what it is told, and keeps the last 2,000 lines in memory for a fault report. */
export function pluginLog(logger: HostLogger, now: () => Date = () => new Date()): KeptLog {
  const kept: string[] = [];
  let next = 0;
  const writer = (level: keyof Log) => (line: string) => {
    const safe = plain(redact(line.slice(0, READ_CHARS)), LINE_COLUMNS);
    kept[next] = `${now().toISOString()} ${level.padEnd(5)} ${safe}`;
    next = (next + 1) % KEPT_LINES;
    logger[level]?.(`contractor: ${safe}`);
  };
  return {
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    tail: () => [...kept.slice(next), ...kept.slice(0, next)],
  };
}
