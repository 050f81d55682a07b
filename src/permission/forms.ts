// Forms: what a harness asks its user beside permissions (Claude's AskUserQuestion, an MCP server's elicitation), as fields.
import { z } from "zod";

const choice = z.looseObject({
  const: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
});
const property = z.looseObject({
  type: z.string().optional(),
  title: z.string().nullish(),
  description: z.string().nullish(),
  oneOf: z.array(choice).optional(),
  enum: z.array(z.string()).optional(),
  items: z
    .looseObject({ anyOf: z.array(choice).optional(), enum: z.array(z.string()).optional() })
    .optional(),
});
type Property = z.infer<typeof property>;

/** ACP `elicitation/create`. */
export const elicitation = z.discriminatedUnion("mode", [
  z.looseObject({
    mode: z.literal("form"),
    sessionId: z.string(),
    message: z.string(),
    requestedSchema: z.looseObject({ properties: z.record(z.string(), property).default({}) }),
  }),
  z.looseObject({ mode: z.literal("url"), sessionId: z.string(), message: z.string(), url: z.string() }),
]);
export type Elicitation = z.infer<typeof elicitation>;
export type FormValue = string | number | boolean | string[];
export type ElicitationAnswer =
  | { action: "accept"; content?: Record<string, FormValue> }
  | { action: "decline" }
  | { action: "cancel" };

export interface Field {
  key: string;
  /** Where an answer in the user's own words goes, beside the offered ones. */
  ownWordsKey: string | undefined;
  label: string;
  options: { value: string; label: string; description: string | undefined }[];
  several: boolean;
  type: "text" | "number" | "boolean";
}

const OWN_WORDS = "_custom";

/** The questions of a form, in order; the box for own words beside a question is part of it. */
export function fieldsOf(form: Extract<Elicitation, { mode: "form" }>): Field[] {
  const { properties } = form.requestedSchema;
  return Object.entries(properties)
    .filter(([key]) => !(key.endsWith(OWN_WORDS) && key.slice(0, -OWN_WORDS.length) in properties))
    .map(([key, read]) => ({
      key,
      ownWordsKey: key + OWN_WORDS in properties ? key + OWN_WORDS : undefined,
      label: read.description ?? read.title ?? "",
      options: optionsOf(read),
      several: read.type === "array",
      type:
        read.type === "boolean"
          ? "boolean"
          : read.type === "number" || read.type === "integer"
            ? "number"
            : "text",
    }));
}

/** The content a typed answer stands for; undefined when it is none. */
export function readField(field: Field, text: string): Record<string, FormValue> | undefined {
  const words = text.trim();
  if (words === "") return undefined;
  if (field.options.length > 0) return readChoice(field, words);
  if (field.type === "number")
    return Number.isFinite(Number(words)) ? { [field.key]: Number(words) } : undefined;
  if (field.type === "boolean") return readBoolean(field, words);
  return { [field.key]: words };
}

function readChoice(field: Field, words: string): Record<string, FormValue> | undefined {
  const picked = words.split(/[,，、\s]+/).map((word) => optionFor(field, word));
  const whole = optionFor(field, words);
  const all = whole === undefined ? picked : [whole];
  if (all.every((value) => value !== undefined)) {
    if (field.several) return { [field.key]: all };
    if (all.length === 1 && all[0] !== undefined) return { [field.key]: all[0] };
    return undefined;
  }
  // Numbers that no options have are a slip, and nobody's own words.
  if (/^[#(]?\d[\d\s,，、.)#]*$/.test(words)) return undefined;
  return field.ownWordsKey === undefined ? undefined : { [field.ownWordsKey]: words };
}

function optionFor({ options }: Field, word: string): string | undefined {
  const byNumber = /^\d{1,2}$/.test(word) ? options[Number(word) - 1] : undefined;
  return (byNumber ?? options.find(({ label }) => label.toLowerCase() === word.toLowerCase()))?.value;
}

function readBoolean(field: Field, words: string): Record<string, FormValue> | undefined {
  if (/^(?:y|yes|true|1|是|好)$/i.test(words)) return { [field.key]: true };
  return /^(?:n|no|false|0|否|不)$/i.test(words) ? { [field.key]: false } : undefined;
}

function optionsOf(read: Property): Field["options"] {
  const titled = read.oneOf ?? read.items?.anyOf;
  if (titled)
    return titled.map((one) => ({
      value: one.const,
      label: one.title ?? one.const,
      description: one.description,
    }));
  return (read.enum ?? read.items?.enum ?? []).map((value) => ({
    value,
    label: value,
    description: undefined,
  }));
}
