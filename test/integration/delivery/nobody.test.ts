// A prompt that answers to nobody runs like any other: it is in the records, and nothing is posted.
import { expect, test } from "vitest";
import { startChat } from "../../support/chat.ts";
import { AS_IS } from "../../support/engine.ts";
import { tempDir, until } from "../../support/poll.ts";
import { scriptedAgent } from "../../support/scripted-agent.ts";

test("a prompt without a route is answered in the records, and posted nowhere", async () => {
  const folder = await tempDir("nobody");
  const agent = scriptedAgent({ dir: folder.path, script: {} });
  const chat = await startChat({ command: agent.command });
  try {
    expect(await chat.records("count the boats")).toBe("accepted");
    await until("the answer in the host's record", () =>
      chat.mirrored.some((text) => text.includes("Echo: count the boats")),
    );
    await until("the end", async () => (await chat.inbox()).length === 0);
    expect(chat.texts()).toEqual([]);
    expect(chat.session.output.history(5, AS_IS)).toBe(
      "You ▸ count the boats\n\nClaude ▸\nEcho: count the boats",
    );
  } finally {
    await chat.dispose();
    await folder.remove();
  }
});
