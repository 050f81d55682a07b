// Who trusts which directory: the decisions on disk, read by sessions and changed by operations.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { createClaude } from "../../adapters/claude/create.ts";
import type { Harness } from "../../adapters/harness.ts";
import { openDecisions } from "../../state/trust.ts";
import { currentSettings } from "../host/host-config.ts";
import { hostLock } from "../host/lock.ts";
import type { Operation } from "../operations/define.ts";
import { trustAddOperation, trustListOperation, trustRemoveOperation } from "../operations/trust.ts";
import { Trust } from "../session/trust.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

/** `home` is `<OpenClaw state dir>/contractor`. */
export function trustOf({ harness, home }: { harness: Harness; home: string }): Trust {
  // Not in a workspace, where Claude may write: what is trusted is not for it to say.
  const decisions = openDecisions({ file: join(home, "trust.json"), lock: hostLock });
  return new Trust({ harness, decisions, scratch: scratchIn(home), now: () => new Date() });
}

/** The same for operations, which start no session; made when it is first needed. */
export function trustFor(api: Api): () => Trust {
  let made: Trust | undefined;
  return () => {
    const home = join(api.runtime.state.resolveStateDir(), "contractor");
    const config = () => currentSettings(api).harness;
    made ??= trustOf({
      harness: createClaude({ config, root: join(home, "harness"), from: process.env }),
      home,
    });
    return made;
  };
}

/** On the files: they are the same for the gateway and everybody else. */
export function trustOperations(trust: () => Trust): Operation[] {
  return [trustListOperation(trust), trustAddOperation(trust), trustRemoveOperation(trust)];
}

/** The folder that scratch directories are made in. */
export function scratchIn(home: string): string {
  return join(home, "scratch");
}
