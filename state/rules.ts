// Remembered answers: which uses of a tool are allowed or denied without asking again. One file per agent.
import { z } from "zod";
import { filterValid } from "./content.ts";
import { openDocument, updateGiving } from "./document.ts";
import type { OnCorrupt } from "./json-file.ts";
import type { Known } from "./known.ts";
import type { Lock } from "./lock.ts";

const VERSION = 1;

const ruleSchema = z.looseObject({
  id: z.string().min(1),
  agentId: z.string().min(1),
  /** Only in this session; in every session of the agent where it is absent. */
  sessionKey: z.string().exactOptional(),
  effect: z.enum(["allow", "deny"]),
  tool: z.string().min(1),
  /** Only for sessions that work in this folder: a command means something else in another. */
  cwd: z.string().exactOptional(),
  /** What the use must be: this text exactly, or words beginning with it. */
  match: z.enum(["exact", "prefix"]),
  text: z.string(),
  createdAt: z.string(),
});
const fileSchema = z.looseObject({ version: z.literal(VERSION), rules: z.array(ruleSchema) });
type File = z.infer<typeof fileSchema>;

export type Rule = Known<z.infer<typeof ruleSchema>>;

export interface Rules {
  all(): Promise<Rule[]>;
  add(rule: Rule): Promise<void>;
  /** Whether there was one to remove. */
  remove(id: string): Promise<boolean>;
}

/**
 * The file must lie where the harness has no business: who can write it can do everything. Rules that cannot be read are
 * left out: then it is asked again.
 */
export function openRules(o: { file: string; lock: Lock; onCorrupt?: OnCorrupt | undefined }): Rules {
  const document = openDocument<File>({
    file: o.file,
    schema: fileSchema,
    empty: () => ({ version: VERSION, rules: [] }),
    version: VERSION,
    lock: o.lock,
    onCorrupt: o.onCorrupt,
    salvage: (raw) => {
      const read = z.looseObject({ rules: z.unknown() }).safeParse(raw);
      return read.success
        ? { ...read.data, version: VERSION, rules: filterValid(ruleSchema, read.data.rules) }
        : undefined;
    },
  });
  return {
    async all() {
      return (await document.read()).rules;
    },
    async add(rule) {
      await document.update((draft): void => {
        draft.rules.push(rule);
      });
    },
    remove: (id) =>
      updateGiving(document, (draft) => {
        const kept = draft.rules.filter((rule) => rule.id !== id);
        const found = kept.length < draft.rules.length;
        draft.rules = kept;
        return found;
      }),
  };
}
