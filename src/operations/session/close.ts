// The operations that end something of a session: `close` for good, `kill` its process, `forget` it altogether.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import type { Identity } from "../../../state/identity.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { missing, ref, target } from "./resume.ts";

const input = z.strictObject({
  ref: ref
    .optional()
    .describe(`Number in the list, name, session key or ${HARNESS.name} id (default: this conversation's).`),
});
const result = z.object({ agentId: z.string(), sessionKey: z.string() });
type Ending = Operation<typeof input, typeof result>;

export function closeOperation(catalog: () => SessionCatalog): Ending {
  return ending({
    name: "close",
    summary: "Close a session for good; the next message there begins a new one.",
    end: async (session, { here }) => {
      await catalog().close(session, { reason: "closed", here });
      if (here?.sessionKey === session.sessionKey) await catalog().reopen(session);
    },
    catalog,
    said: `Closed. The next message there begins a new session; this one can be resumed by its ${HARNESS.name} id.`,
  });
}

export function killOperation(catalog: () => SessionCatalog): Ending {
  return ending({
    name: "kill",
    summary: "End a session's process; the next message resumes the session.",
    end: (session, { here }) => catalog().kill(session, { here }),
    catalog,
    said: "Its process is gone. The next message resumes the session.",
  });
}

export function forgetOperation(catalog: () => SessionCatalog): Ending {
  return ending({
    name: "forget",
    summary: `Close a session and drop it from the list; ${HARNESS.name}'s transcript stays.`,
    end: (session, { here }) => catalog().forget(session, { here }),
    catalog,
    said: `Forgotten. ${HARNESS.name}'s own transcript of it stays where it is.`,
  });
}

function ending(o: {
  name: string;
  summary: string;
  catalog: () => SessionCatalog;
  end: (session: Identity, context: Authorized) => Promise<void>;
  said: string;
}): Ending {
  return defineOperation({
    name: o.name,
    summary: o.summary,
    input,
    result,
    effect: "write",
    examples: [`openclaw contractor-agents ${o.name} 2`],
    run: async (given, context) => {
      const session = await target(o.catalog(), given.ref, context);
      if (!session) throw missing(context);
      await o.end(session, context);
      return { agentId: session.agentId, sessionKey: session.sessionKey };
    },
    text: () => o.said,
  });
}
