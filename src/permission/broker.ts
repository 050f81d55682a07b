// The broker decides every permission request of the harness: by policy, by a remembered rule, or by asking.

import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ToolUse } from "../../adapters/harness.ts";
import { redact } from "../../adapters/redact.ts";
import type { AuditEntry } from "../../state/audit.ts";
import type { Rules } from "../../state/rules.ts";
import { type Identity, identityKey } from "../session/identity.ts";
import { type Answer, ask } from "./asking.ts";
import { type ElicitationAnswer, elicitation } from "./forms.ts";
import { findRule, makeRule, type Scope, scopeOf } from "./matching.ts";
import { plain } from "./plain.ts";
import { decidePlan } from "./plans.ts";
import { byProfile } from "./policy.ts";
import {
  type BrokerParts,
  type Decision,
  optionOf,
  type Question,
  rejection,
  selection,
} from "./question.ts";
import { askForm, type FormQuestion } from "./questions.ts";
import { descriptionOf, hintOf, questionOf, refused, severityOf, titleOf } from "./wording.ts";

export class PermissionBroker {
  readonly #parts: BrokerParts;
  // Claude may want several things at once; a conversation is asked one after the other.
  readonly #asked = new Map<string, Promise<unknown>>();

  constructor(parts: BrokerParts) {
    this.#parts = parts;
  }

  async decide(question: Question): Promise<Decision> {
    const { tool, profile } = question;
    const policy = byProfile(profile, tool);
    if (policy === "allow") return await this.#allow(question, "policy");
    if (policy === "deny") return await this.#deny(question, { how: "policy", why: `Refused (${profile})` });
    return await this.#inTurn(question.identity, () => this.#consider(question));
  }

  /** Puts a question of the harness before the people of the conversation; declined where there are none. */
  async elicit(o: Omit<FormQuestion, "elicitation"> & { request: unknown }): Promise<ElicitationAnswer> {
    const read = elicitation.safeParse(o.request);
    if (!read.success) return { action: "decline" };
    return await this.#inTurn(o.identity, () =>
      askForm(this.#parts.asking, { ...o, elicitation: read.data }),
    );
  }

  async #consider(question: Question): Promise<Decision> {
    const { tool } = question;
    if (tool.plan !== undefined) return await decidePlan(this.#parts, question);
    const scope = (await isLinked(tool)) ? undefined : scopeOf(tool);
    const rule = scope && findRule(await this.#rules(question).all(), { ...question.identity, tool });
    if (rule?.effect === "allow") return await this.#allow(question, "rule");
    if (rule) return await this.#deny(question, { how: "rule", why: "Refused by a rule" });
    return await this.#ask(question, scope);
  }

  async #ask(question: Question, scope: Scope | undefined): Promise<Decision> {
    const { harness, asking } = this.#parts;
    const { tool, request } = question;
    const own = harness.alwaysOption(request);
    const always = own?.name ?? scope?.words;
    const minutes = Math.max(1, Math.round(asking.timeoutMs / 60_000));
    const answer = await ask(asking, {
      ...question,
      title: titleOf(tool),
      description: descriptionOf(tool, always),
      severity: severityOf(tool),
      toolName: plain(tool.name, 60),
      mayAlways: always !== undefined,
      text: questionOf({ tool, always, minutes }),
      hint: hintOf(tool, always),
    });
    return await this.#settle(question, { answer, own: own?.optionId, scope });
  }

  async #settle(
    question: Question,
    o: { answer: Answer; own: string | undefined; scope: Scope | undefined },
  ): Promise<Decision> {
    const { answer, own, scope } = o;
    switch (answer.is) {
      case "once":
        return await this.#allow(question, answer.how);
      case "always":
        return await this.#allowAlways(question, { how: answer.how, own, scope });
      case "deny":
        return await this.#deny(question, { how: answer.how, tell: answer.reason });
      case "cancel":
        await this.#note(question, "cancelled", answer.how);
        return { answer: rejection(question.request), cancelTurn: true };
      case "withdrawn":
        await this.#note(question, "cancelled", "timeout");
        return { answer: { outcome: { outcome: "cancelled" } } };
      case "expired":
        return await this.#deny(question, { how: "timeout", why: "Nobody answered in time, so I refused" });
      case "nobody":
        return await this.#deny(question, { how: "nobody", why: NOBODY });
    }
  }

  async #allow(question: Question, how: AuditEntry["how"]): Promise<Decision> {
    const once = optionOf(question.request, "allow_once");
    // "Once" is never answered with an "always": where the harness offers no other, it is refused.
    if (once === undefined)
      return await this.#deny(question, { how, why: "Refused, since it can only be allowed for good" });
    await this.#note(question, "allowed", how);
    return { answer: selection(once) };
  }

  async #allowAlways(
    question: Question,
    o: { how: AuditEntry["how"]; own: string | undefined; scope: Scope | undefined },
  ): Promise<Decision> {
    const { identity, tool, request } = question;
    if (o.own === undefined && o.scope) {
      await this.#rules(question).add(makeRule({ ...identity, tool }, o.scope, this.#parts.now()));
    }
    const chosen = o.own ?? optionOf(request, "allow_once");
    if (chosen === undefined)
      return await this.#deny(question, { how: o.how, why: "Refused, since it cannot be allowed here" });
    await this.#note(question, "allowed always", o.how);
    return { answer: selection(chosen) };
  }

  async #deny(
    question: Question,
    o: { how: AuditEntry["how"]; why?: string; tell?: string | undefined },
  ): Promise<Decision> {
    await this.#note(question, o.how === "timeout" ? "expired" : "denied", o.how);
    return {
      answer: rejection(question.request),
      ...(o.why === undefined ? {} : { notice: refused(question.tool, o.why) }),
      ...(o.tell === undefined
        ? {}
        : { tell: `I did not allow this (${plain(question.tool.title, 200)}): ${o.tell}` }),
    };
  }

  async #inTurn<T>(identity: Identity, task: () => Promise<T>): Promise<T> {
    const key = identityKey(identity);
    const mine = (this.#asked.get(key) ?? Promise.resolve()).then(task, task);
    this.#asked.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#asked.get(key) === mine) this.#asked.delete(key);
    }
  }

  #rules({ identity }: Question): Rules {
    return this.#parts.rulesOf(identity.agentId);
  }

  async #note(
    { identity, tool }: Question,
    decision: AuditEntry["decision"],
    how: AuditEntry["how"],
  ): Promise<void> {
    const title = redact(plain(tool.title, 300));
    const at = this.#parts.now().toISOString();
    await this.#parts.audit
      .append({ at, ...identity, tool: plain(tool.name, 60), title, decision, how })
      .catch(() => {});
  }
}

const NOBODY =
  "Refused, since there is nobody I could ask here (no chat, and no approval surface is connected)";

// A path that leads through a link is somewhere else than it says, so nothing is remembered of it.
async function isLinked({ path }: ToolUse): Promise<boolean> {
  if (path === undefined) return false;
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real !== path;
  const folder = await realpath(dirname(path)).catch(() => undefined);
  return folder !== undefined && join(folder, path.slice(dirname(path).length)) !== path;
}
