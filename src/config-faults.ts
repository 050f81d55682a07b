// What is wrong with a configuration, in words: the key, the form it may have, and the key that was probably meant.
import { z } from "zod";
import { distance } from "../common/edit-distance.ts";

/** One sentence part per fault: the key, and the form it may have; for an unknown key, the one that was meant. */
export function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], schema));
  return [path.length === 0 ? `they ${issue.message}` : `"${path.join(".")}" ${issue.message}`];
}

/** What a value must be, in words, for the kinds of issue that have no sentence of their own in the schema. */
export function allowedForm(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${nouns[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_key":
      return issue.issues[0]?.message;
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? "must not be empty"
        : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

const nouns: Partial<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  tuple: "a list whose first word is an absolute path",
  object: "an object",
  record: "an object",
};

function unknownKey(path: string[], schema: z.ZodType): string {
  const guess = closest(path, schema);
  return `"${path.join(".")}" is not a setting${guess ? ` (did you mean "${guess}"?)` : ""}`;
}

/** The nearest key of the same object; else the same word elsewhere, for a key that is only in the wrong place. */
function closest(path: string[], schema: z.ZodType): string | undefined {
  const [word, parent] = [path.at(-1) ?? "", path.slice(0, -1).join(".")];
  const known = knownKeys(z.toJSONSchema(schema, { io: "input" }), []);
  const nearest = known
    .filter((key) => matches(key.slice(0, -1), path.slice(0, -1)))
    .map((key) => ({ key: key.at(-1) ?? "", distance: distance(key.at(-1) ?? "", word) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (nearest && nearest.distance <= 2) return parent ? `${parent}.${nearest.key}` : nearest.key;
  return known.find((key) => key.at(-1) === word && !key.includes("*"))?.join(".");
}

function knownKeys(schema: z.core.JSONSchema.BaseSchema, path: string[]): string[][] {
  const children = { ...schema.properties };
  if (typeof schema.additionalProperties === "object") children["*"] = schema.additionalProperties;
  return Object.entries(children).flatMap(([key, child]) => [
    [...path, key],
    ...(typeof child === "object" ? knownKeys(child, [...path, key]) : []),
  ]);
}

function matches(pattern: string[], path: string[]): boolean {
  return pattern.length === path.length && pattern.every((part, i) => part === "*" || part === path[i]);
}
