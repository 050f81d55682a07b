// Reads a chat command's words for an operation: flags first, quotes respected, the rest verbatim.
import type { Operation } from "../operations/define.ts";
import { type Field, fieldsOf } from "./fields.ts";

export type Words = { values: Record<string, unknown>; complaints: string[] };

const TOKEN = /^\s*(?:"([^"]*)"|'([^']*)'|(\S+))/;
const FLAG = /^\s*--([a-z][a-z-]*)(?:=(?:"([^"]*)"|(\S+)))?(?=\s|$)/;

/** `text` is what stands behind the verb. A field that takes the rest gets it byte for byte, but for the space around it. */
export function readWords(operation: Operation, text: string): Words {
  const fields = fieldsOf(operation);
  const values: Record<string, unknown> = {};
  const complaints: string[] = [];
  let rest = readFlags({ text, fields, values, complaints });
  for (const field of fields.filter((one) => one.positional)) {
    if (rest.trim() === "") break;
    const token = field.rest ? undefined : TOKEN.exec(rest);
    values[field.key] = token ? (token[1] ?? token[2] ?? token[3]) : rest.trim();
    rest = token ? rest.slice(token[0].length) : "";
    rest = readFlags({ text: rest, fields, values, complaints });
  }
  if (rest.trim() !== "") complaints.push(`I do not know what to do with "${rest.trim().slice(0, 60)}".`);
  return { values, complaints };
}

/** How the command is typed, what is not needed in brackets. */
export function chatUsage(operation: Operation, prefix: string): string {
  const words = fieldsOf(operation).map((field) => {
    const value = field.value.toUpperCase();
    const word = field.positional ? value : field.kind === "flag" ? field.flag : `${field.flag} ${value}`;
    return field.required ? word : `[${word}]`;
  });
  return [prefix, operation.name, ...words].join(" ");
}

type Reading = {
  text: string;
  fields: readonly Field[];
  values: Record<string, unknown>;
  complaints: string[];
};

/** Reads the flags at the beginning, and returns what follows them. */
function readFlags({ text, fields, values, complaints }: Reading): string {
  let rest = text;
  for (let found = FLAG.exec(rest); found; found = FLAG.exec(rest)) {
    const field = fields.find((one) => !one.positional && one.flag === `--${found?.[1]}`);
    if (!field) {
      // In free text two dashes are nothing special.
      if (fields.some((one) => one.rest)) return rest;
      complaints.push(`--${found[1]} is not an option of this command.`);
    }
    rest = rest.slice(found[0].length);
    const given = found[2] ?? found[3];
    if (!field || field.kind === "flag") {
      if (field) values[field.key] = true;
      continue;
    }
    const next = given === undefined ? TOKEN.exec(rest) : undefined;
    if (next) rest = rest.slice(next[0].length);
    values[field.key] = given ?? next?.[1] ?? next?.[2] ?? next?.[3];
  }
  return rest;
}
