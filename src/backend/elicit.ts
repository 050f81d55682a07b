// Questions of the harness in a held turn: handed to the host, whose pages and channels know how to ask them.
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { ElicitationReply, RawElicitation } from "../../adapters/router.ts";
import type { AcpTurnInput } from "../host/acp-contract.ts";

const askable = z.looseObject({ mode: z.string(), message: z.string() });

/** For `PromptInput.elicit`; undefined where the host brought no way to ask. */
export function hostElicit({ onElicitation }: AcpTurnInput) {
  if (!onElicitation) return undefined;
  return async (request: RawElicitation, signal: AbortSignal): Promise<ElicitationReply> => {
    const read = askable.safeParse(request);
    if (!read.success) return { action: "decline" };
    const answer = await onElicitation(read.data, { requestId: randomUUID(), signal });
    if (answer.action !== "accept") return { action: answer.action };
    return { action: "accept", ...(answer.content ? { content: answer.content } : {}) };
  };
}
