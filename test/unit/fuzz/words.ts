// What the fuzz tests are made of: texts as people and faulty programs write them, and JSON of every kind.
import fc from "fast-check";

/** Any text: letters, lone surrogates, control and bidi characters, and the words our readers look for. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 120 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          "/claude",
          "/cc",
          "/new",
          "/reset",
          "/steer",
          "@bot",
          "--json",
          "--",
          "-",
          "y",
          "n",
          "always",
          "cancel",
        ],
        ...[
          "skip",
          "1,3",
          "#1",
          '"',
          "'",
          "`",
          "```",
          "\\",
          "\n",
          "\n\n",
          "\0",
          "‮",
          "打开 cc",
          "在 ~/x 打开 cc",
          "🦞",
        ],
        ...[
          "__proto__",
          "constructor",
          "toString",
          "../..",
          "~/x",
          "/etc/passwd",
          "$(id)",
          "%s",
          "null",
          " ",
        ],
      ),
      { maxLength: 12 },
    )
    .map((words) => words.join(" ")),
);

/** Any JSON value, with the names that hurt when they are used as keys of a plain object. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, "", "x", [], {}),
    anyText,
    fc.double({ noNaN: true }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(anyText, fc.constantFrom("__proto__", "id", "sessionId", "version")),
      tie("value"),
      {
        maxKeys: 5,
      },
    ),
  ),
})).value;

/** A value like this one, in which parts were replaced, dropped or doubled. */
export function bent<T extends object>(like: T): fc.Arbitrary<unknown> {
  return fc
    .array(fc.tuple(fc.constantFrom(...pathsOf(like)), fc.constantFrom("drop", "replace"), anyJson), {
      maxLength: 4,
    })
    .map((changes) => {
      const copy: unknown = structuredClone(like);
      for (const [path, how, value] of changes) bend(copy, path, how === "drop" ? undefined : value);
      return copy;
    });
}

function pathsOf(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [at];
  const below = Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, key]));
  return at.length === 0 ? below : [at, ...below];
}

function bend(root: unknown, path: string[], value: unknown): void {
  let at = root;
  for (const key of path.slice(0, -1))
    at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  const last = path.at(-1);
  if (typeof at !== "object" || at === null || last === undefined) return;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else Reflect.set(at, last, value);
}

/** This many runs; FUZZ=20 in the environment makes them twenty times as many, for a hunt. */
export function runs(count: number): { numRuns: number } {
  return { numRuns: count * Number(process.env.FUZZ ?? 1) };
}
