// Where what is ours lies in the host's state.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { BACKEND } from "../../common/names.ts";

/** `<OpenClaw state dir>/contractor`. Throws while the host only asks which commands there are. */
export function stateHome(api: Pick<OpenClawPluginApi, "runtime">): string {
  return join(api.runtime.state.resolveStateDir(), BACKEND);
}

/** Where scratch directories are made; `home` as above. */
export function scratchIn(home: string): string {
  return join(home, "scratch");
}
