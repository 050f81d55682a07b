// The broker decides every permission request of the harness: by policy, by a remembered rule, or by asking.

import type { ToolUse } from "../../adapters/harness.ts";
import { describe } from "../../common/failure.ts";
import { redact } from "../../common/redact.ts";
import { plain, visible } from "../../common/text.ts";
import type { AuditEntry } from "../../state/audit.ts";
import type { Identity } from "../../state/identity.ts";
import type { Rule, Rules } from "../../state/rules.ts";
import { type Answer, recorded } from "./answer.ts";
import { ask } from "./asking.ts";
import { diffOf } from "./change.ts";
import { putOnRecord } from "./decision-record.ts";
import { askForm, type FormQuestion } from "./elicitation.ts";
import { type ElicitationAnswer, elicitation } from "./forms.ts";
import { isLinked } from "./links.ts";
import { findRule, makeRule, type RulePattern, type RuleScope, scopeOf, whereText } from "./matching.ts";
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
import { warningsOf } from "./warnings.ts";
import { hintOf, nativeTextOf, questionOf, refused, severityOf } from "./wording.ts";

export class PermissionBroker {
  readonly #parts: BrokerParts;
  // Claude may want several things at once: each is asked at once, and a rule made of one may decide another.
  readonly #waiting = new Set<WaitingUse>();

  constructor(parts: BrokerParts) {
    this.#parts = parts;
  }

  async decide(question: Question): Promise<Decision> {
    const { tool, profile } = question;
    // I10 (docs/architecture.md): a deny rule wins over every profile, and over other rules.
    if ((await this.#rule(question))?.effect === "deny") return await this.#deny(question, DENIED_BY_RULE);
    const policy = byProfile(profile, tool);
    if (policy === "allow") return await this.#allow(question, { decision: "allowed", how: "policy" });
    if (policy === "deny") {
      const entry = { decision: "denied", how: "policy" } as const;
      return await this.#deny(question, { entry, why: `Refused (${profile})` });
    }
    return await this.#consider(question);
  }

  /** Records that a tool was used without our being asked: the harness's own rules, settings or hooks decided. */
  async used(identity: Identity, tool: { name: string; title: string }): Promise<void> {
    await this.#note({ identity, tool }, { decision: "decided elsewhere", how: "harness" });
  }

  /** Puts a question of the harness before the people of the conversation; declined where there are none. */
  async elicit(o: Omit<FormQuestion, "elicitation"> & { request: unknown }): Promise<ElicitationAnswer> {
    const read = elicitation.safeParse(o.request);
    if (!read.success) return { action: "decline" };
    return await askForm(this.#parts.asking, { ...o, elicitation: read.data });
  }

  async #consider(question: Question): Promise<Decision> {
    const { tool } = question;
    if (tool.plan !== undefined) return await decidePlan(this.#parts, question);
    // A path that leads through a link is somewhere else than it says, so nothing is remembered of it.
    const linked = tool.path !== undefined && (await isLinked(tool.path));
    const waiting: WaitingUse = { question, linked, ruled: Promise.withResolvers() };
    // Before the rules are read: one that is added from now on finds it waiting.
    this.#waiting.add(waiting);
    try {
      const ruled = await this.#ruling(waiting);
      if (ruled === "deny") return await this.#deny(question, DENIED_BY_RULE);
      if (ruled === "allow") return await this.#allow(question, { decision: "allowed", how: "rule" });
      return await this.#ask(question, linked ? undefined : scopeOf(tool), waiting.ruled.promise);
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  async #ruling({ question, linked }: WaitingUse): Promise<Rule["effect"] | undefined> {
    const rule = await this.#rule(question);
    return rule?.effect === "allow" && linked ? undefined : rule?.effect;
  }

  // What waits and is covered by a rule that was just made is decided by it; where the rules cannot be read, people still decide.
  async #ruleOthers(agentId: string): Promise<void> {
    const others = [...this.#waiting].filter(({ question }) => question.identity.agentId === agentId);
    for (const waiting of others) {
      const effect = await this.#ruling(waiting).catch(() => undefined);
      if (effect) waiting.ruled.resolve({ is: "rule", effect });
    }
  }

  async #ask(question: Question, scope: RulePattern | undefined, ruled: Promise<Answer>): Promise<Decision> {
    const { asking, reach } = this.#parts;
    const { harness, tool, cwd } = question;
    const diff = tool.path !== undefined && tool.change ? await diffOf(tool.path, tool.change) : undefined;
    const warnings = warningsOf(tool, cwd);
    const always = scope && { what: scope.words, where: whereText(reach, tool, cwd) };
    const minutes = Math.max(1, Math.round(asking.timeoutMs / 60_000));
    const { answerWith } = question;
    const asked = { harness: harness.title, tool, diff, warnings, always, cwd, minutes, answerWith };
    const { allowAlways, ...words } = questionOf(asked);
    const answer = await ask(asking, {
      ...question,
      ...words,
      allowAlways,
      native: nativeTextOf({ ...asked, always: allowAlways ? always : undefined }),
      severity: severityOf(warnings, tool),
      toolName: plain(tool.name, 60),
      title: titleKept(tool),
      labels: { once: "Allow Once", always: "Allow Always", deny: "Deny" },
      hint: hintOf(tool, allowAlways, answerWith),
      ruled,
    });
    return await this.#settle(question, { answer, scope: allowAlways ? scope : undefined, reach });
  }

  async #settle(question: Question, o: Remembering & { answer: Answer }): Promise<Decision> {
    const { answer, scope, reach } = o;
    const entry = await recorded(answer);
    switch (answer.is) {
      case "once":
        return await this.#allow(question, entry);
      case "always":
        return await this.#allowAlways(question, { entry, scope, reach });
      case "deny":
        return await this.#deny(question, { entry, tell: answer.reason });
      case "cancel":
        await this.#note(question, entry);
        return { answer: rejection(question.request), cancelTurn: true };
      case "withdrawn":
        await this.#note(question, entry);
        return { answer: { outcome: { outcome: "cancelled" } } };
      case "elsewhere":
        await this.#note(question, entry);
        return { answer: { outcome: { outcome: "cancelled" } }, notice: elsewhere(question.tool) };
      case "rule":
        return answer.effect === "allow"
          ? await this.#allow(question, entry)
          : await this.#deny(question, { entry });
      case "expired":
        return await this.#deny(question, { entry, why: "Nobody answered in time, so I refused" });
      case "nobody":
        return await this.#deny(question, { entry, why: NOBODY });
      case "unshowable":
        return await this.#deny(question, { entry, why: UNSHOWABLE });
    }
  }

  async #allow(question: Question, entry: Entry): Promise<Decision> {
    const once = optionOf(question.request, "allow_once");
    // "Once" is never answered with an "always": where the harness offers no other, it is refused.
    if (once === undefined)
      return await this.#deny(question, { entry, why: "Refused, since it can only be allowed for good" });
    await this.#note(question, entry);
    return { answer: selection(once) };
  }

  // A rule of ours, which lists show and people can take back; the harness is told "once", whatever it offers: its own "always" reaches
  // further than it says, and nothing would show it.
  async #allowAlways(question: Question, o: Remembering & { entry: Entry }): Promise<Decision> {
    const { identity, tool, cwd } = question;
    const { entry, scope, reach } = o;
    if (!scope) return await this.#allow(question, entry);
    const at = this.#parts.now();
    const rule = makeRule({ ...identity, cwd, tool }, scope, { reach, at });
    try {
      await this.#rules(question).add(rule);
    } catch (error) {
      // It was allowed, if only this time.
      const once = await this.#allow(question, { ...entry, decision: "allowed" });
      return {
        ...once,
        notice: `Allowed, but only this time: it could not be remembered. ${describe(error, "chat")}`,
      };
    }
    await this.#ruleOthers(identity.agentId);
    return await this.#allow(question, entry);
  }

  async #deny(
    question: Question,
    o: { entry: Entry; why?: string; tell?: string | undefined },
  ): Promise<Decision> {
    const { entry } = o;
    await this.#note(question, entry.decision === "expired" ? entry : { ...entry, decision: "denied" });
    return {
      answer: rejection(question.request),
      ...(o.why === undefined ? {} : { notice: refused(question.tool, o.why) }),
      ...(o.tell === undefined
        ? {}
        : { tell: `I did not allow this (${plain(question.tool.title, 200)}): ${o.tell}` }),
    };
  }

  async #rule(question: Question): Promise<Rule | undefined> {
    const { identity, cwd, tool } = question;
    return findRule(await this.#rules(question).all(), { ...identity, cwd, tool });
  }

  #rules({ identity }: Question): Rules {
    return this.#parts.rulesOf(identity.agentId);
  }

  async #note({ identity, tool }: Noted, entry: Entry): Promise<void> {
    const at = this.#parts.now().toISOString();
    const named = { tool: plain(tool.name, 60), title: titleKept(tool) };
    await putOnRecord(this.#parts, { at, ...identity, ...named, ...entry });
  }
}

/** A use that people are asked about, and what a rule says of it that is made meanwhile. */
interface WaitingUse {
  question: Question;
  /** Its path leads through a link, so no rule allows it. */
  linked: boolean;
  ruled: PromiseWithResolvers<Answer>;
}

/** What an "always" would mean, as it was asked. */
interface Remembering {
  scope: RulePattern | undefined;
  reach: RuleScope;
}

type Noted = { identity: Identity; tool: Pick<ToolUse, "name" | "title"> };
type Entry = Pick<AuditEntry, "decision" | "how" | "by">;

const DENIED_BY_RULE = { entry: { decision: "denied", how: "rule" }, why: "Refused by a rule" } as const;

// Of a title, which may be a command of any length, so much is looked at, and so much kept.
const TITLE_READ = 4_000;
const TITLE_KEPT = 300;

// What looks like a secret goes before the cut, which might leave the half of one that looks like none.
function titleKept({ title }: Pick<ToolUse, "title">): string {
  return plain(redact(visible(title.slice(0, TITLE_READ))), TITLE_KEPT);
}

const NOBODY =
  "Refused, since there is nobody I could ask here (no chat, and no approval surface is connected)";
const UNSHOWABLE =
  "Refused: OpenClaw's own approval page cannot show all of it (it is long, or holds what looks like a secret). Ask for it in a chat with me";

function elsewhere(tool: ToolUse): string {
  return `${refused(tool, "Decided without you, by a hook or rule in the harness's own settings")}. Look at them if that is not what you want.`;
}
