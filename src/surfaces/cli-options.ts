// Turns the fields of an operation's input into command-line options, and what was typed back into field values.
import type { Command } from "commander";
import { z } from "zod";
import type { Operation } from "../operations/define.ts";

type Field = {
  key: string;
  flag: string;
  kind: "flag" | "value" | "list";
  help: string;
  value: string;
  required: boolean;
  /** A plain word instead of a flag. */
  positional: boolean;
};

/** One option per field. None is required for commander: the operation's own validation speaks, with all problems at once. */
export function addOptions(command: Command, operation: Operation): void {
  for (const field of fieldsOf(operation)) {
    if (field.positional) {
      command.argument(`[${field.value}]`, field.help);
      continue;
    }
    const option = command.createOption(placeholder(field), field.help);
    // A value that is left out comes as `true` and is reported with the rest; the help still shows it as needed.
    if (field.kind !== "flag") Object.assign(option, { required: false, optional: true });
    if (field.kind === "list")
      option.argParser((word: string, before: string[] | undefined) => [...(before ?? []), word]);
    command.addOption(option);
  }
}

/** What was typed, by field; a field that was not named is absent, one without its value is undefined. */
export function givenValues(command: Command, operation: Operation): Record<string, unknown> {
  const fields = fieldsOf(operation);
  const words = fields.filter((field) => field.positional).map((field, i) => [field.key, command.args[i]]);
  const typed: Record<string, unknown> = { ...command.opts(), ...Object.fromEntries(words) };
  const values = fields
    .filter((field) => typed[field.key] !== undefined)
    .map((field) => [
      field.key,
      field.kind !== "flag" && typed[field.key] === true ? undefined : typed[field.key],
    ]);
  return { ...Object.fromEntries(values), json: typed.json };
}

/** The command line in one line, what is not needed in brackets. */
export function usageOf(operation: Operation, prefix: string): string {
  const words = fieldsOf(operation).map((field) =>
    field.required ? placeholder(field) : `[${placeholder(field)}]`,
  );
  return [prefix, operation.name, ...words.map((word) => word.replace(/<(.*)>/, "$1")), "[--json]"].join(" ");
}

/** How many plain words the command takes. */
export function positionals(operation: Operation): number {
  return fieldsOf(operation).filter((field) => field.positional).length;
}

/** `agentId` is typed as `--agent-id`; what is not a field (an unknown word) stays as it is. */
export function flagOf(field: string): string {
  return /^[a-z][A-Za-z0-9]*$/.test(field)
    ? `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    : field;
}

function fieldsOf(operation: Operation): Field[] {
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
      positional: meta.positional === true,
      required: !(schema as z.ZodType).safeParse(undefined).success,
    };
  });
}

function unwrapped(schema: z.core.$ZodType): z.ZodType {
  const wraps =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional;
  return wraps ? unwrapped(schema.unwrap()) : (schema as z.ZodType);
}

function placeholder(field: Field): string {
  if (field.positional) return field.value;
  return field.kind === "flag" ? field.flag : `${field.flag} <${field.value}>`;
}
