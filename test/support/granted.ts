// Operations called as the command line calls them, for tests that need no surface.

import { z } from "zod";
import { authorize } from "../../src/operations/authorize.ts";
import type { Caller, OperationContext } from "../../src/operations/caller.ts";
import { defineOperation, type Operation } from "../../src/operations/define.ts";
import type { Identity } from "../../state/identity.ts";

const anything: Operation = defineOperation({
  name: "anything",
  summary: "",
  input: z.strictObject({}),
  result: z.unknown(),
  run: async () => undefined,
  text: () => "",
});

/** A context anything may be called with: of somebody on the gateway's machine, or of an owner in the chat of `here`. */
export function granted(over: Partial<OperationContext> & { here?: Identity } = {}) {
  const { here, ...rest } = over;
  const caller: Caller = here ? { is: "chat", owner: true, approver: true, here } : { is: "cli" };
  return authorize(
    anything,
    {},
    {
      caller,
      signal: new AbortController().signal,
      progress: () => {},
      confirm: async () => true,
      ...rest,
    },
  );
}
