// Where a decision goes that was made: into the audit trail, and as a line without its words into the log.
import { type Log, logError, logName } from "../../common/log.ts";
import type { Audit, AuditEntry } from "../../state/audit.ts";

/** Never throws: what cannot be written is on the log, and the decision stands. */
export async function putOnRecord(
  { audit, log }: { audit: Audit; log: Log },
  entry: AuditEntry,
): Promise<void> {
  const session = logName(entry);
  log.info(`${session} permission: ${toolInLog(entry.tool)} ${entry.decision} (${entry.how})`);
  await audit.append(entry).catch((error: unknown) => {
    log.error(`${session} a decision could not be written to the audit: ${logError(error)}`);
  });
}

// A harness without names of its own has the title in its place, which may be a whole command.
function toolInLog(name: string): string {
  return /^[\w.:-]+$/.test(name) ? name : "a tool";
}
