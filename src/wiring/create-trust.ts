// Who trusts which directory: the decisions on disk, read by sessions and changed by operations.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Harness } from "../../adapters/harness.ts";
import { openDecisions } from "../../state/trust-store.ts";
import { groundOf } from "../host/closed-ground.ts";
import { hostLock } from "../host/file-lock.ts";
import { currentSettings } from "../host/host-config.ts";
import { scratchIn, stateHome } from "../host/state-home.ts";
import { Trust } from "../session/folder-trust.ts";
import type { Ground } from "../session/ground.ts";
import { harnessesOf } from "./harnesses.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

interface Trusting {
  harness: Harness;
  home: string;
  ground: () => Ground;
}

/** `home` is `<OpenClaw state dir>/contractor`. */
export function trustOf({ harness, home, ground }: Trusting): Trust {
  // Not in a workspace, where Claude may write: what is trusted is not for it to say.
  const decisions = openDecisions({ file: join(home, "trust.json"), lock: hostLock });
  return new Trust({ harness, decisions, scratch: scratchIn(home), ground, now: () => new Date() });
}

/** The same for operations, which start no session; made when it is first needed. */
export function trustFor(api: Api): () => Trust {
  let made: Trust | undefined;
  return () => {
    if (made) return made;
    const home = stateHome(api);
    const harness = harnessesOf({ api, settings: () => currentSettings(api), home })();
    made = trustOf({ harness, home, ground: () => groundOf(api, harness.folders()) });
    return made;
  };
}
