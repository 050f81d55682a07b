// A journal of numbers that were added, for tests of journals by one process and by several.
import { z } from "zod";
import { type JournalOptions, openJournal } from "../../../../state/journal.ts";

const schema = z.looseObject({ version: z.literal(2), numbers: z.array(z.number()) });
const entry = z.looseObject({ add: z.number() });
type Numbers = z.infer<typeof schema>;
type Add = z.infer<typeof entry>;

type Options = Pick<JournalOptions<Numbers, Add>, "file" | "lock"> &
  Partial<Pick<JournalOptions<Numbers, Add>, "onCorrupt" | "isIdle" | "longBytes" | "owner">> & {
    /** How many bytes each line has beside its number [0]. */
    padding?: number;
  };

/** Adding a number that is there changes nothing. */
export function openNumbers({ padding = 0, ...o }: Options) {
  const journal = openJournal<Numbers, Add>({
    isIdle: () => true,
    longBytes: 1024 * 1024,
    owner: true,
    ...o,
    ...{ schema, entry, version: 2 },
    empty: () => ({ version: 2, numbers: [] }),
    fold: (state, { add }) =>
      state.numbers.includes(add) ? state : { ...state, numbers: [...state.numbers, add] },
    salvage: () => undefined,
  });
  return {
    read: async () => (await journal.read()).numbers,
    /** Resolves with how many there were before. */
    add: (...numbers: number[]) =>
      journal.append((state) => ({
        entries: numbers.map((add) => ({ add, ...(padding > 0 ? { pad: "x".repeat(padding) } : {}) })),
        result: state.numbers.length,
      })),
    /** "again" where an earlier attempt may have added it. */
    addOnce: (add: number) =>
      journal.append((state, again) => {
        if (!state.numbers.includes(add)) return { entries: [{ add }], result: "added" };
        return { entries: [], result: again ? "again" : "there" };
      }),
    refuse: () =>
      journal.append<void>(() => {
        throw new Error("no");
      }),
    journal,
  };
}
