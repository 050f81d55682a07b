// The operation `debug`: one archive for a fault report, kept in the gateway's state, and posted where it is asked for.
import { join } from "node:path";
import { z } from "zod";
import { commandText } from "../../../common/commands.ts";
import { describe } from "../../../common/failure.ts";
import { writeDated } from "../../../state/new-file.ts";
import type { Route } from "../../../state/session-map.ts";
import { defineOperation, type Operation } from "../define.ts";
import { type BundlePorts, bundleText, makeBundle } from "./bundle.ts";
import { type Finding, fail } from "./finding.ts";

export interface DebugPorts {
  bundle: BundlePorts;
  /** `<OpenClaw state dir>/contractor`. */
  home(): string;
  /** What the doctor finds. */
  findings(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Whether a command can post a file there. */
  takesFiles(route: Route): boolean;
  /** Throws a Failure where the channel does not take it. */
  post(o: { folder: string; name: string; route: Route }): Promise<unknown>;
}

// The chat's own deadline is a minute; a doctor that hangs must leave time for the rest.
const DOCTOR_MS = 25_000;
const KEPT = 10;
const ENDING = ".tgz";

const input = z.strictObject({
  send: z.boolean().default(false).describe("Post it into this chat, where everybody in it can read it."),
});
const result = z.object({
  file: z.string(),
  bytes: z.int(),
  holds: z.array(z.string()),
  leftOut: z.array(z.string()),
  /** What to do with it now, or what became of posting it. */
  last: z.string(),
});

export function debugOperation(ports: DebugPorts): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "debug",
    summary: "Write one archive for a fault report.",
    input,
    result,
    ownerOnly: true,
    run: async ({ send }, { signal, route }) => {
      const at = new Date();
      const findings = await findingsWithin(ports, signal);
      const { bytes, ...said } = await makeBundle(ports.bundle, { findings, withText: false, signal, at });
      const dir = join(ports.home(), "bundles");
      const name = `contractor-debug-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
      const file = await writeDated({ dir, name, ending: ENDING, bytes, keep: KEPT });
      return { file, bytes: bytes.length, ...said, last: await lastLine({ ports, dir, file, send, route }) };
    },
    text: ({ last, ...written }) => [bundleText(written), last].filter(Boolean).join("\n"),
  });
}

async function findingsWithin(ports: DebugPorts, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    return await ports.findings(AbortSignal.any([signal, AbortSignal.timeout(DOCTOR_MS)]));
  } catch (error) {
    return [fail(`The doctor could not finish: ${describe(error)}`, "openclaw contractor-agents doctor")];
  }
}

async function lastLine(o: {
  ports: DebugPorts;
  dir: string;
  file: string;
  send: boolean;
  route: Route | undefined;
}): Promise<string> {
  const { ports, dir, file, route } = o;
  if (!route || !ports.takesFiles(route)) return "It is on the gateway's machine.";
  if (!o.send) return `To have it posted here: ${commandText({ run: "debug", args: "--send" }, "chat")}`;
  try {
    await ports.post({ folder: dir, name: file.slice(dir.length + 1), route });
    return "It is posted here.";
  } catch (error) {
    return `It could not be posted here: ${describe(error, "chat")}`;
  }
}
