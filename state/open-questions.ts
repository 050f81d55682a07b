// The questions that wait for an answer now: the next gateway says of them that nobody answered, and asks none again.
import { z } from "zod";
import { filterValid } from "./content.ts";
import { openDocument } from "./document.ts";
import type { OnCorrupt } from "./json-file.ts";
import type { Known } from "./known.ts";
import type { Lock } from "./lock.ts";
import { routeSchema } from "./session-schema.ts";

const VERSION = 1;

const questionSchema = z.looseObject({
  id: z.string().min(1),
  agentId: z.string().min(1),
  sessionKey: z.string().min(1),
  /** Redacted and cut. */
  title: z.string(),
  /** Where it was asked. */
  conversations: z.array(routeSchema),
});
const fileSchema = z.looseObject({ version: z.literal(VERSION), questions: z.array(questionSchema) });
type File = z.infer<typeof fileSchema>;

export type OpenQuestion = Known<z.infer<typeof questionSchema>>;

export interface OpenQuestions {
  add(question: OpenQuestion): Promise<void>;
  remove(id: string): Promise<void>;
  all(): Promise<OpenQuestion[]>;
}

/** What cannot be read is left out: then its end is not told, and it is not asked again all the same. */
export function openQuestions(o: {
  file: string;
  lock: Lock;
  onCorrupt?: OnCorrupt | undefined;
}): OpenQuestions {
  const document = openDocument<File>({
    file: o.file,
    schema: fileSchema,
    empty: () => ({ version: VERSION, questions: [] }),
    version: VERSION,
    lock: o.lock,
    onCorrupt: o.onCorrupt,
    salvage: (raw) => {
      const read = z.looseObject({ questions: z.unknown() }).safeParse(raw);
      return read.success
        ? { ...read.data, version: VERSION, questions: filterValid(questionSchema, read.data.questions) }
        : undefined;
    },
  });
  return {
    async add(question) {
      await document.update((draft): void => {
        draft.questions.push(question);
      });
    },
    async remove(id) {
      await document.update((draft): void => {
        draft.questions = draft.questions.filter((question) => question.id !== id);
      });
    },
    async all() {
      return (await document.read()).questions;
    },
  };
}
