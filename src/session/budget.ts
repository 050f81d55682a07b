// What one session may cost: a prompt of one that has cost it already does not reach the harness.
import type { Failure } from "../../common/failure.ts";
import type { SessionRecord } from "./record/session-record.ts";
import { budgetSpent } from "./sentences.ts";

/** `maxBudgetUsd` is in US dollars; undefined where there is no limit, or something is left of it. */
export async function overBudget(
  record: Pick<SessionRecord, "usage">,
  { maxBudgetUsd }: { maxBudgetUsd?: number | undefined },
): Promise<Failure | undefined> {
  if (maxBudgetUsd === undefined) return undefined;
  const { cost } = (await record.usage()).total;
  return cost < maxBudgetUsd ? undefined : budgetSpent(maxBudgetUsd);
}
