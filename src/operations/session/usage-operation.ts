// The operation `usage`: what a session costs, in tokens, money, context and time.
import { z } from "zod";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import { usageText } from "../../session/usage-text.ts";
import { defineOperation, type Operation } from "../define.ts";
import { sessionOf, which } from "./info.ts";

const input = z.strictObject({ session: which });
const number = z.number();
const result = z.object({
  model: z.string().optional(),
  context: z.object({ used: number, size: number }).optional(),
  last: z
    .object({
      model: z.string().exactOptional(),
      durationMs: number,
      tokens: number.exactOptional(),
      cost: number.exactOptional(),
      currency: z.string().exactOptional(),
    })
    .optional(),
  total: z.object({
    turns: number,
    inputTokens: number,
    outputTokens: number,
    cachedTokens: number,
    cost: number,
    currency: z.string(),
    workedMs: number,
    models: z.record(z.string(), number).exactOptional(),
  }),
});

export function usageOperation(catalog: () => SessionCatalog): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "usage",
    summary: "What this session has used: model, context, tokens, cost, time.",
    input,
    result,
    effect: "read",
    examples: ["openclaw contractor-agents usage --session 1 --json"],
    run: async (given, context) => await (await sessionOf(catalog(), given.session, context)).usage(),
    text: ({ model, context, last, total }) => usageText({ model, context, last, total }),
  });
}
