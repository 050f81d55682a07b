// A turn of an agent's own session, begun by us: the host's method `agent`, which delivers the reply where the session's people are
// (docs/host-notes.md, "Waking an agent"). Never with an admin's scope: what a job said would then drive a turn with the owner's rights.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { askGateway } from "./gateway-call.ts";

const ACCEPT_MS = 20_000;
const ROUND_MS = 60_000;
const ROUNDS = 15;

const accepted = z.looseObject({ runId: z.string() });
const waited = z.looseObject({ status: z.string(), error: z.unknown().optional() });

/** Resolves when the turn is over; rejects where it was refused, failed, or takes longer than a quarter of an hour. */
export async function wakeAgent(
  api: Pick<OpenClawPluginApi, "runtime">,
  { sessionKey, message, key }: { sessionKey: string; message: string; key: string },
): Promise<void> {
  const params = {
    ...{ message, sessionKey, deliver: true, idempotencyKey: key.slice(0, 250) },
    inputProvenance: { kind: "internal_system", sourceTool: "contractor" },
  };
  const { runId } = accepted.parse(await ask(api, "agent", params, ACCEPT_MS));
  for (let round = 0; round < ROUNDS; round += 1) {
    const answer = await ask(api, "agent.wait", { runId, timeoutMs: ROUND_MS }, ROUND_MS + ACCEPT_MS);
    const { status, error } = waited.parse(answer);
    if (status === "ok") return;
    if (status !== "timeout") throw new Error(`the turn ended with ${status}: ${JSON.stringify(error)}`);
  }
  throw new Error("the turn takes longer than it is waited for");
}

async function ask(
  api: Pick<OpenClawPluginApi, "runtime">,
  method: string,
  params: Record<string, unknown>,
  timeoutMs: number,
): Promise<unknown> {
  const answer = await askGateway({ api, method, params, scope: "operator.write", timeoutMs });
  if (answer.kind === "answered") return answer.value;
  throw new Error(`${method}: ${answer.detail}`);
}
