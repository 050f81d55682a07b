// The real gateway with the fake Telegram, proved with a throwaway echo backend.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBenchPlugin } from "./bench-plugin.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { RpcError } from "./gateway-rpc.ts";
import { tempDir, until } from "./poll.ts";
import { startTelegram, type Telegram } from "./telegram.ts";

describe("a gateway on the bench", () => {
  let telegram: Telegram;
  let gateway: Gateway;
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeAll(async () => {
    telegram = await startTelegram();
    dir = await tempDir("bench");
    gateway = await startGateway({ telegram, plugin: { folder: await writeBenchPlugin(dir.path) } });
  });

  afterAll(async () => {
    await gateway.dispose();
    await telegram.close();
    await dir.remove();
  });

  it("answers gateway calls, the plugin's included", async () => {
    expect(await gateway.call("bench.ping", { n: 1 })).toEqual({ pong: { n: 1 } });
    const refused = gateway.call("no.such.method");
    await expect(refused).rejects.toBeInstanceOf(RpcError);
    await expect(refused).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: "unknown method: no.such.method",
    });
    expect(gateway.startMs).toBeLessThan(60_000);
  });

  it("runs the CLI in the gateway's own home", async () => {
    const listed = await gateway.cli(["agents", "list", "--json"]);
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.stdout).toContain('"cc"');
    expect(listed.stdout).toContain(gateway.workspace("cc"));
  });

  it("binds a Telegram chat to an ACP session, which then answers", async () => {
    const chat = telegram.chat();
    chat.says("/acp spawn cc --bind here");
    await chat.hears(/spawned|bound/i);
    chat.says("hello there");
    expect((await chat.hears(/^bench: /)).text).toBe("bench: hello there");
    expect(chat.typing().length).toBeGreaterThan(0);
  });

  it("leaves no process and no folder behind", async () => {
    expect(gateway.children().length).toBeGreaterThan(0);
    await gateway.kill();
    await gateway.start();
    expect(await gateway.stop()).toBeLessThan(10_000);
    await until("every process to end", () => gateway.children().length === 0);
    await gateway.dispose();
    expect(existsSync(gateway.root)).toBe(false);
  });
});
