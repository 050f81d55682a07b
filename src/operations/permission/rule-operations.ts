// The operations `rules list` and `rules remove`: the answers that were remembered, and how to take one back.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import { asText } from "../../../common/text.ts";
import type { Rule, Rules } from "../../../state/rules.ts";
import { defineOperation, type Operation } from "../define.ts";

export interface RulesPorts {
  agents(): string[];
  rulesOf(agentId: string): Rules;
}

const rule = z.object({
  id: z.string(),
  agentId: z.string(),
  sessionKey: z.string().optional(),
  effect: z.enum(["allow", "deny"]),
  tool: z.string(),
  cwd: z.string().optional(),
  match: z.enum(["exact", "prefix"]),
  text: z.string(),
  createdAt: z.string(),
});
const listResult = z.object({ rules: z.array(rule) });
const listInput = z.strictObject({});

export function rulesListOperation(ports: RulesPorts): Operation<typeof listInput, typeof listResult> {
  return defineOperation({
    name: "rules list",
    summary: `Show what ${HARNESS.name} may do without asking, because somebody said always.`,
    input: listInput,
    result: listResult,
    effect: "read",
    ownerOnly: true,
    examples: ["openclaw contractor-agents rules list"],
    run: async () => ({ rules: await all(ports) }),
    text: ({ rules }) => (rules.length === 0 ? "No rules: everything is asked." : rules.map(line).join("\n")),
  });
}

const removeInput = z.strictObject({
  id: z
    .string()
    .min(1, "is empty")
    .describe("The rule, as `rules list` names it.")
    .meta({ value: "RULE", positional: true }),
});
const removeResult = z.object({ removed: rule });

export function rulesRemoveOperation(ports: RulesPorts): Operation<typeof removeInput, typeof removeResult> {
  return defineOperation({
    name: "rules remove",
    summary: "Take a rule back; from then on it is asked again.",
    input: removeInput,
    result: removeResult,
    effect: "write",
    ownerOnly: true,
    examples: ["openclaw contractor-agents rules remove 3f9a12bc"],
    run: async ({ id }) => {
      const found = (await all(ports)).find((one) => one.id === id);
      if (!found)
        throw new Failure({
          code: "invalid",
          message: `There is no rule "${id}".`,
          next: { lead: "See them with", run: "rules list" },
        });
      await ports.rulesOf(found.agentId).remove(id);
      return { removed: found };
    },
    text: ({ removed }) => `Removed: ${line(removed)}`,
  });
}

async function all(ports: RulesPorts): Promise<Rule[]> {
  const lists = await Promise.all(ports.agents().map((agentId) => ports.rulesOf(agentId).all()));
  const byId = new Map(lists.flat().map((one) => [one.id, one]));
  return [...byId.values()];
}

function line(one: z.output<typeof rule>): string {
  const what = one.match === "prefix" ? `${one.text} …` : one.text;
  const places = [one.sessionKey, one.cwd].filter((place) => place !== undefined);
  const where = places.length === 0 ? "" : `  (in ${places.map(asText).join(", ")})`;
  return `${one.id}  ${one.agentId}  ${one.effect}  ${one.tool}: ${asText(what)}${where}`;
}
