// The operation `audit`: who decided what Claude might do, how, and when.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { asText } from "../../../common/text.ts";
import type { Audit } from "../../../state/audit.ts";
import { defineOperation, type Operation } from "../define.ts";

const input = z.strictObject({
  last: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(10_000, "must be at most 10000")
    .default(50)
    .describe("How many entries, the newest.")
    .meta({ value: "N" }),
});
const entry = z.object({
  at: z.string(),
  agentId: z.string(),
  sessionKey: z.string(),
  tool: z.string(),
  title: z.string(),
  decision: z.string(),
  how: z.string(),
  by: z.string().optional(),
});
const result = z.object({ entries: z.array(entry) });

export function auditOperation(audit: () => Audit): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "audit",
    summary: `Show what ${HARNESS.name} asked to do, who decided, how, and when.`,
    input,
    result,
    effect: "read",
    ownerOnly: true,
    examples: ["openclaw contractor-agents audit --last 20"],
    run: async ({ last }) => ({ entries: await audit().last(last) }),
    text: ({ entries }) => (entries.length === 0 ? "Nothing was asked yet." : entries.map(line).join("\n")),
  });
}

function line({ at, agentId, title, decision, how, by }: z.output<typeof entry>): string {
  const who = by === undefined ? how : `${how} of ${by}`;
  return `${at.slice(0, 19).replace("T", " ")}  ${agentId}  ${decision} (${who})  ${asText(title)}`;
}
