// A journal of numbers that were added, for tests of journals by one process and by several.
import { z } from "zod";
import { type JournalOptions, openJournal } from "../../../../state/journal.ts";

const schema = z.looseObject({ version: z.literal([1, 2]), numbers: z.array(z.number()) });
const entry = z.looseObject({ add: z.number() });
type Numbers = z.infer<typeof schema>;
type Add = z.infer<typeof entry>;

type Options = Pick<JournalOptions<Numbers, Add>, "file" | "lock"> &
  Partial<Pick<JournalOptions<Numbers, Add>, "onCorrupt" | "isIdle" | "longBytes">>;

/** Adding a number that is there changes nothing. */
export function openNumbers(o: Options) {
  const journal = openJournal<Numbers, Add>({
    isIdle: () => true,
    longBytes: 1024 * 1024,
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
        entries: numbers.map((add) => ({ add })),
        result: state.numbers.length,
      })),
    refuse: () =>
      journal.append<void>(() => {
        throw new Error("no");
      }),
    journal,
  };
}
