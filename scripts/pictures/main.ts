// Makes the pictures of the docs: real messages of a real gateway over the fake Telegram, drawn as a user sees them.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AT_ONCE } from "../../test/support/approvals.ts";
import { bound, startBench } from "../../test/support/e2e.ts";
import { paintApprovals } from "./approvals.ts";
import { paintChat } from "./chat.ts";
import { FOLDER, stageOf } from "./stage.ts";

const OWNER = 501;

const bench = await startBench({ owners: [OWNER], config: AT_ONCE });
try {
  await mkdir(FOLDER, { recursive: true });
  const chat = await bound(bench, { from: { id: OWNER } });
  await writeFile(join(bench.gateway.workspace("cc"), "AGENTS.md"), "Handlers live in src/handlers.\n");
  chat.says("remember limes");
  await chat.hears("limes");
  const stage = stageOf(bench, chat);
  await paintChat(stage);
  await paintApprovals(stage);
} finally {
  await bench.dispose();
}
