// The operation `send`: a file of the session's directory, into its conversation.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import type { Route } from "../../../state/session-map.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import { defineOperation, type Operation } from "../define.ts";
import { size } from "../size.ts";
import { sessionOf, which } from "./info.ts";

export interface FileToSend {
  /** The directory the file must be in, links followed. */
  root: string;
  /** Relative to `root`, or absolute. */
  path: string;
  /** The conversation that gets it. */
  route: Route;
}

export interface SentFile {
  name: string;
  bytes: number;
  /** What it is called in the chat, where the host would not send it as it is. */
  as?: string;
}

/** Throws a Failure where the file is not there, not within, too large, or has nowhere to go. */
export type SendFile = (file: FileToSend) => Promise<SentFile>;

/**
 * What a person may mean by a name: as typed, without quotes or backslashes around its blanks, and without what a phone's keyboard
 * makes of straight quotes, two hyphens and three dots. Every one is only tried where there is no file of those before it.
 */
export function namesFor(typed: string): string[] {
  const unquoted =
    QUOTED.exec(typed)
      ?.slice(1)
      .find((inner) => inner !== undefined) ?? typed;
  const names = [typed, unquoted].flatMap((name) => [name, name.replace(/\\(?=[^\w\\/])/g, "")]);
  const straight = names.map((name) =>
    name.replace(/[‘’‚]/g, "'").replace(/[“”„]/g, '"').replace(/—/g, "--").replace(/…/g, "..."),
  );
  const all = [...names, ...straight];
  return [
    ...new Set([
      ...all,
      ...all.map((name) => name.normalize("NFC")),
      ...all.map((name) => name.normalize("NFD")),
    ]),
  ].filter((name) => name !== "");
}

const QUOTED = /^(?:"(.+)"|'(.+)'|`(.+)`|[“”„](.+)[“”]|[‘’‚](.+)[‘’]|«(.+)»|「(.+)」)$/su;

const input = z.strictObject({
  session: which,
  path: z
    .string()
    .min(1, "is empty")
    .describe(`The file, within the directory ${HARNESS.name} works in.`)
    .meta({ value: "PATH", rest: true }),
});
const result = z.object({ name: z.string(), bytes: z.int(), as: z.string().exactOptional() });

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
      const { record, controls } = await sessionOf(catalog(), given.session, context);
      const entry = await record.read();
      // Where it was asked for, else where the session's people are.
      const route = (given.session === undefined ? context.route : undefined) ?? entry?.route;
      if (!route) throw noChat();
      return await sendFile({ root: entry?.cwd ?? controls.defaults.cwd, path: given.path, route });
    },
    text: ({ name, bytes, as }) =>
      as === undefined
        ? `Sent ${name} (${size(bytes)}).`
        : `Sent ${name} as ${as} (${size(bytes)}), because OpenClaw sends no files of its type.`,
  });
}

function noChat(): Failure {
  const message = "This session has no chat to send the file to.";
  const next = { say: "Send /cc send PATH in the chat that is to get it." };
  return new Failure({ code: "refused", message, next });
}
