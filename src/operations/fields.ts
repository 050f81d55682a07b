// The fields of an operation's input, as a surface offers them: flags, plain words, the rest of a message.
import { z } from "zod";
import type { Operation } from "./define.ts";

export type Field = {
  key: string;
  flag: string;
  kind: "flag" | "value" | "list";
  help: string;
  value: string;
  required: boolean;
  /** A plain word instead of a flag. */
  positional: boolean;
  /** A plain word that takes the rest of a chat message. */
  rest: boolean;
  /** The user's own words, byte for byte: quotes belong to them. */
  verbatim: boolean;
  /** A path; on the command line from the directory it was typed in. */
  path: boolean;
};

/** The fields of an operation's input, in the order they were written. */
export function fieldsOf(operation: Operation): Field[] {
  return Object.entries(operation.input.shape).map(([key, schema]) => {
    const inner = unwrapped(schema);
    const meta = { ...z.globalRegistry.get(inner), ...z.globalRegistry.get(schema as z.ZodType) };
    const kind = inner instanceof z.ZodBoolean ? "flag" : inner instanceof z.ZodArray ? "list" : "value";
    const choices = inner instanceof z.ZodEnum ? inner.options.join("|") : undefined;
    return {
      key,
      flag: flagOf(key),
      kind,
      help: String(meta.description ?? ""),
      value: String(meta.value ?? choices ?? "VALUE"),
      positional: meta.positional === true || meta.rest === true,
      rest: meta.rest === true,
      verbatim: meta.verbatim === true,
      path: meta.path === true,
      required: !(schema as z.ZodType).safeParse(undefined).success,
    };
  });
}

function unwrapped(schema: z.core.$ZodType): z.ZodType {
  const wraps =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional;
  return wraps ? unwrapped(schema.unwrap()) : (schema as z.ZodType);
}

/** `agentId` is typed as `--agent-id`; what is not a field (an unknown word) stays as it is. */
function flagOf(field: string): string {
  return /^[a-z][A-Za-z0-9]*$/.test(field)
    ? `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    : field;
}

/** How somebody is told of a field: a plain word by its placeholder, any other by its flag. */
export function saidOf(operation: Operation): (field: string) => string {
  const words = new Map(
    fieldsOf(operation).map(({ key, positional, value, flag }) => [
      key,
      positional ? value.toUpperCase() : flag,
    ]),
  );
  return (field) => words.get(field) ?? flagOf(field);
}
