// The operations as the product has them, over sessions without a harness: for what reaches them from outside.

import { SessionCatalog } from "../../../src/catalog/catalog.ts";
import type { Operation } from "../../../src/operations/define.ts";
import {
  rulesListOperation,
  rulesRemoveOperation,
} from "../../../src/operations/permission/rule-operations.ts";
import { trustOperations } from "../../../src/operations/permission/trust-operations.ts";
import {
  conversationOperations,
  sessionOperations,
} from "../../../src/operations/session/session-operations.ts";
import { startEngine } from "../../support/engine.ts";

/** Nothing is ever started: the program in the harness's place ends at once. */
export async function realOperations() {
  const engine = await startEngine({ command: ["/bin/false"] });
  const here = { agentId: "cc", sessionKey: "agent:cc:acp:one" };
  await engine.session(here.sessionKey).ensure({});
  const catalog = new SessionCatalog({
    sessions: engine.sessions,
    agents: () => ["cc"],
    forgotten: async () => {},
  });
  const rules = { all: async () => [], add: async () => {}, remove: async () => false };
  const operations: Operation[] = [
    ...conversationOperations({
      catalog: () => catalog,
      prompt: async () => false,
      sendFile: async () => ({ name: "file", bytes: 0 }),
    }),
    ...sessionOperations(
      () => catalog,
      () => engine.trust,
    ),
    ...trustOperations(() => engine.trust),
    rulesListOperation({ agents: () => ["cc"], rulesOf: () => rules }),
    rulesRemoveOperation({ agents: () => ["cc"], rulesOf: () => rules }),
  ];
  return { operations, here, [Symbol.asyncDispose]: () => engine.dispose() };
}
