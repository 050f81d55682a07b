// The permission broker of a gateway: rules per agent, the audit trail, the host's approvals, and the chats.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Log } from "../../common/log.ts";
import { BACKEND } from "../../common/names.ts";
import { openAudit } from "../../state/audit.ts";
import { openQuestions } from "../../state/open-questions.ts";
import { openRules, type Rules } from "../../state/rules.ts";
import type { Settings } from "../config.ts";
import { roster } from "../host/agent-roster.ts";
import { hostApprovals } from "../host/approvals.ts";
import { hostLock } from "../host/file-lock.ts";
import { stateHome } from "../host/state-home.ts";
import type { Operation } from "../operations/define.ts";
import { auditOperation } from "../operations/permission/audit-list.ts";
import { rulesListOperation, rulesRemoveOperation } from "../operations/permission/rule-operations.ts";
import type { AskingParts } from "../permission/ask-parts.ts";
import type { AwaitedReplies } from "../permission/awaited-replies.ts";
import { PermissionBroker } from "../permission/broker.ts";
import type { Presses } from "../permission/presses.ts";
import { Unanswered } from "../permission/unanswered.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

export function brokerOf(o: {
  api: Api;
  settings: () => Settings;
  home: string;
  replies: AwaitedReplies;
  presses: Presses;
  unanswered: Unanswered;
  onKept: AskingParts["onKept"];
  log: Log;
}): PermissionBroker {
  return new PermissionBroker({
    asking: {
      native: hostApprovals(BACKEND, o.api),
      replies: o.replies,
      presses: o.presses,
      unanswered: o.unanswered,
      get mode() {
        return o.settings().approvals.ask;
      },
      get timeoutMs() {
        return o.settings().approvals.timeoutSeconds * 1000;
      },
      onKept: o.onKept,
    },
    rulesOf: (agentId) => rulesOf(o.home, agentId),
    audit: openAudit(auditFile(o.home)),
    get reach() {
      return o.settings().approvals.always;
    },
    now: () => new Date(),
    log: o.log,
  });
}

/** The questions that wait, on disk for the next gateway. */
export function unansweredIn(home: string, log: Log): Unanswered {
  const onCorrupt = ({ kept }: { kept: string }) =>
    log.warn(`the open questions could not be read; they are kept as ${kept}`);
  return new Unanswered(
    openQuestions({ file: join(home, "open-questions.json"), lock: hostLock, onCorrupt }),
    log,
  );
}

/** On the files: they are the same for the gateway and everybody else. */
export function permissionOperations(api: Api): Operation[] {
  const home = () => stateHome(api);
  const ports = {
    agents: () => roster(api).map((agent) => agent.id),
    rulesOf: (agentId: string) => rulesOf(home(), agentId),
  };
  const audit = () => openAudit(auditFile(home()));
  return [rulesListOperation(ports), rulesRemoveOperation(ports), auditOperation(audit)];
}

// Not in the workspace, where Claude may write: what it may do without asking is not for it to say.
function rulesOf(home: string, agentId: string): Rules {
  return openRules({ file: join(home, "rules", `${encodeURIComponent(agentId)}.json`), lock: hostLock });
}

function auditFile(home: string): string {
  return join(home, "audit.jsonl");
}
