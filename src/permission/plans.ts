// Plans: Claude's plan in full, then Approve, Approve and accept edits, or Revise with what to change.

import type { PermissionAnswer } from "../../adapters/router.ts";
import { visible } from "../../common/text.ts";
import { recorded } from "./answer.ts";
import { ask } from "./asking.ts";
import { putOnRecord } from "./decision-record.ts";
import { type BrokerParts, type Decision, type Question, selection } from "./question.ts";
import { numberText, replyWith } from "./wording.ts";

/** Shows the plan in the conversation and asks for it; a timeout is never an approval. */
export async function decidePlan(parts: BrokerParts, question: Question): Promise<Decision> {
  const { asking, now } = parts;
  const { harness, tool, request, identity } = question;
  const options = harness.plans?.options(request) ?? {};
  const text = planText("", question.answerWith);
  const { preface, ...asked } = question;
  question.say(
    `${preface === undefined ? "" : `${preface}\n`}📋 ${harness.name}'s plan:\n\n${visible(tool.plan ?? "") || "It wrote none down; what it said above is all there is."}\n\n`,
  );
  const answer = await ask(asking, {
    ...asked,
    native: {
      title: "A plan is ready, and stands in the conversation",
      description:
        "Allow once: approve. Allow always: approve, and accept edits without asking. Deny: revise.",
    },
    severity: "warning",
    toolName: "plan",
    title: "Plan",
    allowAlways: true,
    labels: { once: "Approve", always: "Approve, accept edits", deny: "Keep planning" },
    outcomes: { once: "Approved", always: "Approved, edits accepted without asking", deny: "Not approved" },
    text,
    numbered: (number) => `${numberText(number)} ${planText(` ${number}`, question.answerWith)}`,
    hint: `I am still waiting for a word on the plan. ${text}`,
  });
  const approved = answer.is === "once" || answer.is === "always";
  await putOnRecord(parts, {
    at: now().toISOString(),
    ...identity,
    tool: "plan",
    title: "Plan",
    ...(await recorded(answer)),
  });
  if (answer.is === "withdrawn") return { answer: CANCELLED };
  if (!approved || options.approve === undefined)
    return revise(options.revise, { ...answer, name: harness.name });
  const edits = answer.is === "always";
  const chosen = edits ? (options.approveEdits ?? options.approve) : options.approve;
  return { answer: selection(chosen), mode: harness.modes.of(edits ? "acceptEdits" : "ask") };
}

function planText(which: string, answerWith: string | undefined): string {
  return `The plan is ready. ${replyWith(answerWith)} y${which} to approve · always${which} to approve, and accept edits without asking · n${which} to revise, or n${which} and what to change.`;
}

const CANCELLED: PermissionAnswer = { outcome: { outcome: "cancelled" } };

function revise(option: string | undefined, answer: { is: string; reason?: string; name: string }): Decision {
  const reply = option === undefined ? CANCELLED : selection(option);
  if (answer.is === "cancel") return { answer: reply, cancelTurn: true };
  if (answer.is === "expired")
    return { answer: reply, notice: "Nobody answered in time, so the plan is not approved." };
  if (answer.is === "nobody")
    return { answer: reply, notice: "There is nobody I could show the plan to, so it is not approved." };
  if (answer.reason === undefined)
    return { answer: reply, notice: `Not approved. Write what to change, and ${answer.name} plans again.` };
  return { answer: reply, tell: `I do not approve the plan yet. Please change it: ${answer.reason}` };
}
