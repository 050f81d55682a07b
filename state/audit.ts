// The audit trail: what was asked, who decided, how and when; one line of JSON each, only ever appended to.
import { appendFile, mkdir, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { Known } from "./known.ts";

const entrySchema = z.looseObject({
  at: z.string(),
  agentId: z.string(),
  sessionKey: z.string(),
  tool: z.string(),
  /** Redacted and cut; never a file's content. */
  title: z.string(),
  decision: z.enum(["allowed", "allowed always", "denied", "cancelled", "expired", "decided elsewhere"]),
  how: z.enum(["policy", "rule", "button", "reply", "timeout", "turn ended", "nobody", "harness"]),
  /** Who answered, as the channel or the host names them. */
  by: z.string().exactOptional(),
});
export type AuditEntry = Known<z.infer<typeof entrySchema>>;

export interface Audit {
  append(entry: AuditEntry): Promise<void>;
  /** The newest `limit` entries, oldest first. */
  last(limit: number): Promise<AuditEntry[]>;
}

const MAX_BYTES = 5 * 1024 * 1024;

/** `file` is kept below 5 MB: beyond that it becomes `<file>.1`, and the one before is gone. */
export function openAudit(file: string): Audit {
  let writing: Promise<void> = Promise.resolve();
  return {
    append: (entry) => {
      writing = writing.catch(() => {}).then(() => write(file, entry));
      return writing;
    },
    last: async (limit) => {
      const texts = await Promise.all(
        [`${file}.1`, file].map((one) => readFile(one, "utf8").catch(() => "")),
      );
      return texts.join("").split("\n").flatMap(read).slice(-limit);
    },
  };
}

async function write(file: string, entry: AuditEntry): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > MAX_BYTES) await rename(file, `${file}.1`);
  await appendFile(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
}

function read(line: string): AuditEntry[] {
  try {
    const entry = entrySchema.safeParse(JSON.parse(line));
    return entry.success ? [entry.data] : [];
  } catch {
    return [];
  }
}
