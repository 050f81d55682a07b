// A fake Anthropic Messages API for the real Claude Code: scripted answers, an echo with memory by default, and a journal.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, give, say } from "./model-answers.ts";
import { type ModelRequest, newTexts, readRequest } from "./model-request.ts";

export type { Message } from "./model-answers.ts";
export { cut, fail, failMidStream, say, silence, together, useTool } from "./model-answers.ts";
export type { ModelRequest } from "./model-request.ts";

/** Which main requests a scripted answer is for: a part of the last user text, a pattern on it, or any test. */
type Matcher = string | RegExp | ((request: ModelRequest) => boolean);
type Reply = Answer | ((request: ModelRequest) => Answer);
type Rule = { matches: (request: ModelRequest) => boolean; reply: Reply; once: boolean };

export type Model = {
  readonly url: string;
  /** The next main request (or the next that matches) gets this answer, once. Scripts are used in the order given. */
  will(reply: Reply): void;
  will(matcher: Matcher, reply: Reply): void;
  /** Every main request that matches gets this answer, after the one-time scripts. */
  always(reply: Reply): void;
  always(matcher: Matcher, reply: Reply): void;
  /** Scripted one-time answers nobody asked for yet. */
  pending(): number;
  /** Every POST /v1/messages so far, side errands of Claude Code included (`kind`). */
  requests(): readonly ModelRequest[];
  /** What users sent, exactly, once each: no retries, no tool rounds, none of Claude Code's own words. */
  prompts(): string[];
  /** What Claude Code is answered when it shortens a conversation, until `reset`. */
  compacts(reply: Answer): void;
  /** Forgets scripts and journal. */
  reset(): void;
  /** Environment for Claude Code: this API and a configuration folder of its own, the same at every call. */
  env(): Record<string, string>;
  close(): Promise<void>;
};

/** Listens on 127.0.0.1, any free port. `log` gets one line per request (for the demo), `onRequest` each as it arrives. */
export async function startModel(
  o: { log?: (line: string) => void; onRequest?: (request: ModelRequest) => void } = {},
): Promise<Model> {
  const rules: Rule[] = [];
  let compaction: Answer | undefined;
  const journal: ModelRequest[] = [];
  const prompts: string[] = [];
  const configDir = await mkdtemp(join(tmpdir(), "contractor-claude-"));
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const path = (request.url ?? "").split("?")[0];
    if (request.method !== "POST" || path !== "/v1/messages") return plainAnswer(path ?? "", response);
    const asked = readRequest(JSON.parse(text), request.headers);
    if (asked.kind === "main") prompts.push(...newPrompt(asked, journal));
    journal.push(asked);
    o.onRequest?.(asked);
    o.log?.(`${asked.kind} ${asked.model}: ${asked.prompt.slice(0, 100)}`);
    const answer = asked.kind === "main" ? scripted(rules, asked) : errand(asked, compaction);
    await give({ answer, model: asked.model, stream: asked.body.stream === true, response });
  }

  server.keepAliveTimeout = 0;
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    will: (first: Matcher | Reply, second?: Reply) => void rules.push(rule({ first, second, once: true })),
    always: (first: Matcher | Reply, second?: Reply) => void rules.push(rule({ first, second, once: false })),
    pending: () => rules.filter((entry) => entry.once).length,
    requests: () => journal,
    prompts: () => [...prompts],
    compacts: (reply) => {
      compaction = reply;
    },
    reset() {
      compaction = undefined;
      for (const list of [rules, journal, prompts]) list.length = 0;
    },
    env: () => claudeEnv(url, configDir),
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      await rm(configDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

function rule(o: { first: Matcher | Reply; second: Reply | undefined; once: boolean }): Rule {
  if (o.second === undefined) return { matches: () => true, reply: o.first as Reply, once: o.once };
  const matcher = o.first as Matcher;
  if (typeof matcher === "function") return { matches: matcher, reply: o.second, once: o.once };
  const test = (text: string) => (typeof matcher === "string" ? text.includes(matcher) : matcher.test(text));
  return { matches: (request) => test(request.prompt), reply: o.second, once: o.once };
}

function scripted(rules: Rule[], request: ModelRequest): Answer {
  const found =
    rules.find((entry) => entry.once && entry.matches(request)) ??
    rules.find((entry) => entry.matches(request));
  if (found === undefined) return persona(request);
  if (found.once) rules.splice(rules.indexOf(found), 1);
  return typeof found.reply === "function" ? found.reply(request) : found.reply;
}

// An echo with memory, so that a test sees from the answer alone which history Claude had.
function persona(request: ModelRequest): Answer {
  if (request.toolResults.length > 0) return say(`Done: ${request.toolResults.join("\n")}`);
  const words = remembered([request.prompt]);
  if (words.length > 0) return say(`OK, ${words.join(", ")}.`);
  if (!/what do you remember/i.test(request.prompt)) return say(`Echo: ${request.prompt}`);
  const all = remembered([request.summary, ...request.texts]);
  return say(all.length === 0 ? "I remember nothing." : `I remember ${all.join(", ")}.`);
}

// A channel may put an envelope before the text, and the host joins messages by newlines.
function remembered(texts: string[]): string[] {
  return texts.flatMap((text) =>
    [...text.matchAll(/(?:^|\n|\] |: )remember (\S+)/g)].map((match) => match[1] ?? ""),
  );
}

function errand(request: ModelRequest, compaction: Answer | undefined): Answer {
  if (request.kind === "title") return say(JSON.stringify({ title: "Test session" }));
  if (request.kind !== "compaction") return say("ok");
  if (compaction) return compaction;
  const lines = remembered([request.summary, ...request.texts]).map((word) => `remember ${word}`);
  return say(`<summary>\n${lines.join("\n")}\n</summary>`);
}

function newPrompt(request: ModelRequest, journal: ModelRequest[]): string[] {
  const texts = newTexts(
    request,
    journal.filter((entry) => entry.kind === "main"),
  );
  return texts.length === 0 ? [] : [texts.join("\n")];
}

function plainAnswer(path: string, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(
    path.endsWith("/count_tokens") ? JSON.stringify({ input_tokens: 10 }) : JSON.stringify({ data: [] }),
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

// The real Claude Code without a login (docs/adapter-notes.md#running-without-a-login).
function claudeEnv(url: string, configDir: string): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: "test",
    CLAUDE_CONFIG_DIR: configDir,
    CLAUDE_CODE_TMPDIR: configDir,
    DISABLE_TELEMETRY: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    IS_SANDBOX: "1",
    CLAUDE_CODE_MAX_RETRIES: "2",
  };
}
