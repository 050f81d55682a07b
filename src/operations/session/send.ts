// The operation `send`: a file of the session's directory, into its conversation.

import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import type { Identity } from "../../../state/identity.ts";
import type { Route } from "../../../state/session-map.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import { defineOperation, type Operation } from "../define.ts";
import { size } from "../size.ts";
import { sessionOf, which } from "./info.ts";

export interface FileToSend {
  identity: Identity;
  /** The directory the file must be in, links followed. */
  root: string;
  /** Relative to `root`, or absolute. */
  path: string;
  /** Where it was asked for; without it, the session's own conversation gets the file. */
  place: Route | undefined;
}

/** Throws a Failure where the file is not there, not within, too large, or has nowhere to go. */
export type SendFile = (file: FileToSend) => Promise<{ name: string; bytes: number }>;

const input = z.strictObject({
  session: which,
  path: z
    .string()
    .min(1, "is empty")
    .describe(`The file, within the directory ${HARNESS.name} works in.`)
    .meta({ value: "PATH", rest: true }),
});
const result = z.object({ name: z.string(), bytes: z.int() });

export function sendOperation(
  catalog: () => SessionCatalog,
  sendFile: SendFile,
): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "send",
    summary: `Send a file ${HARNESS.name} made into the chat.`,
    input,
    result,
    effect: "write",
    examples: ["openclaw contractor-agents send report/summary.pdf --session 1"],
    run: async (given, context) => {
      const { identity, record, controls } = await sessionOf(catalog(), given.session, context);
      const root = (await record.read())?.cwd ?? controls.defaults.cwd;
      const place = given.session === undefined ? context.route : undefined;
      return await sendFile({ identity, root, path: given.path, place });
    },
    text: ({ name, bytes }) => `Sent ${name} (${size(bytes)}).`,
  });
}
