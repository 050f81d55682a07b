// What the bytes of a file of ours say: JSON, of a version we know, of the shape it should have.
import { z } from "zod";
import { StateError } from "./error.ts";

/** What can still be used of parsed JSON that does not fit the schema; `undefined` when nothing can. */
export type Salvage<T> = (raw: unknown) => T | undefined;
/** What is asked of a file at `path`: `version` is the highest one that is understood. */
export type Shape<T> = {
  path: string;
  schema: z.ZodType<T>;
  version: number;
  salvage: Salvage<T> | undefined;
};
export type Good<T> = { kind: "good"; value: T };
/** Values are frozen; a `reason` never quotes the file. */
export type Content<T> =
  | Good<T>
  | { kind: "salvaged"; value: T; reason: string }
  | { kind: "bad"; reason: string };

/** Throws a StateError for a file of a newer version. */
export function contentOf<T>(bytes: Buffer, shape: Shape<T>): Content<T> {
  const raw = parseJson(bytes);
  if (raw === undefined)
    return { kind: "bad", reason: bytes.length === 0 ? "it is empty" : "it is not valid JSON" };
  refuseNewer(raw, shape);
  try {
    return shaped(raw, shape);
  } catch (error) {
    if (error instanceof RangeError) return { kind: "bad", reason: "it is nested too deeply" };
    throw error;
  }
}

/** The JSON value, `undefined` where there is none. Not with JSON.parse's own message: it quotes the file. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The first reason why something does not fit its schema, without the value itself. */
function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "it has the wrong shape";
  const where = issue.path.length === 0 ? "the whole" : issue.path.join(".");
  return `${where} is wrong (${issue.message})`;
}

/** A value as it may be written; throws a StateError for one that could not be read again. */
export function validated<T>(value: unknown, o: { file: string; schema: z.ZodType<T> }): T {
  const result = o.schema.safeParse(value);
  if (result.success) return result.data;
  throw new StateError({
    code: "invalid-change",
    file: o.file,
    message: `A change to ${o.file} was not written because ${firstIssue(result.error)}. Report this as a fault of contractor.`,
  });
}

/** For salvage: the items of what should be a list that fit, in their order. */
export function filterValid<T>(schema: z.ZodType<T>, list: unknown): T[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const result = schema.safeParse(item);
    return result.success ? [result.data] : [];
  });
}

/** Freezes JSON data; what is frozen already is frozen to the bottom. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
  return value;
}

function shaped<T>(raw: unknown, { schema, salvage }: Shape<T>): Content<T> {
  const result = schema.safeParse(raw);
  if (result.success) return { kind: "good", value: deepFreeze(result.data) };
  const reason = firstIssue(result.error);
  const part = salvage?.(raw);
  return part === undefined ? { kind: "bad", reason } : { kind: "salvaged", value: deepFreeze(part), reason };
}

function refuseNewer(raw: unknown, { path, version }: Shape<unknown>): void {
  const versioned = z.looseObject({ version: z.number() }).safeParse(raw);
  if (!versioned.success || versioned.data.version <= version) return;
  throw new StateError({
    code: "newer-version",
    file: path,
    message: `${path} was written by a newer contractor (format ${versioned.data.version}, this one knows ${version}). Update openclaw-contractor, or move the file away to start anew.`,
  });
}
