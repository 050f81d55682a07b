// What owners have said about directories: whether their own files may be used, for a real path and the content they had then.
import { z } from "zod";
import { filterValid } from "./content.ts";
import { openDocument, updateGiving } from "./document.ts";
import type { OnCorrupt } from "./json-file.ts";
import type { Lock } from "./lock.ts";

const VERSION = 1;

const decisionSchema = z.looseObject({
  /** The real path of the directory. */
  path: z.string().min(1),
  /** Of the content that was decided about; another content is asked about again. */
  hash: z.string().min(1),
  /** `without`: the directory is worked in, and its files are left unused. */
  decision: z.enum(["trusted", "without"]),
  /** Who said so: a chat, or the command line. */
  by: z.string(),
  /** ISO time. */
  at: z.string(),
});
const fileSchema = z.looseObject({ version: z.literal(VERSION), directories: z.array(decisionSchema) });
type File = z.infer<typeof fileSchema>;

export type Decision = {
  path: string;
  hash: string;
  decision: "trusted" | "without";
  by: string;
  at: string;
};

export interface Decisions {
  all(): Promise<Decision[]>;
  /** Puts it in the place of an earlier one about the same path. */
  set(decision: Decision): Promise<void>;
  /** Whether there was one to remove. */
  remove(path: string): Promise<boolean>;
}

/**
 * The file must lie where the harness has no business: who can write it is trusted with every directory. Decisions that
 * cannot be read are left out: then it is asked again.
 */
export function openDecisions(o: { file: string; lock: Lock; onCorrupt?: OnCorrupt | undefined }): Decisions {
  const document = openDocument<File>({
    file: o.file,
    schema: fileSchema,
    empty: () => ({ version: VERSION, directories: [] }),
    version: VERSION,
    lock: o.lock,
    onCorrupt: o.onCorrupt,
    salvage: (raw) => {
      const read = z.looseObject({ directories: z.unknown() }).safeParse(raw);
      return read.success
        ? { ...read.data, version: VERSION, directories: filterValid(decisionSchema, read.data.directories) }
        : undefined;
    },
  });
  return {
    async all() {
      return (await document.read()).directories;
    },
    async set(decision) {
      await document.update((draft): void => {
        draft.directories = [...draft.directories.filter(({ path }) => path !== decision.path), decision];
      });
    },
    remove: (path) =>
      updateGiving(document, (draft) => {
        const kept = draft.directories.filter((one) => one.path !== path);
        const found = kept.length < draft.directories.length;
        draft.directories = kept;
        return found;
      }),
  };
}
