// The fake Bot API on the wire: HTTP in and out, long polling, files, an update queue per account.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Call, type Params, perform, Refusal, type Upload, type World } from "./telegram-methods.ts";

type Update = { update_id: number; [kind: string]: unknown };
type Poll = { account: string; offset: number; answer: (updates: Update[]) => void };

export type TelegramServer = {
  readonly url: string;
  readonly world: World;
  readonly calls: Call[];
  /** Makes the account known and returns its bot token. */
  token(account: string): string;
  /** Queues an update for the account's bot and returns its id. */
  push(account: string, update: Params): number;
  /** Updates the bot has not confirmed yet by asking for a higher offset. */
  unconfirmed(account: string): number;
  /** How often the account's bot has asked for updates. */
  polls(account: string): number;
  /** The next `times` [1] calls of `method` are refused. */
  refuse(
    method: string,
    refusal: { code: number; message: string; retryAfter?: number; times?: number },
  ): void;
  /** From now on something is wrong with the line, until the returned function is called. */
  outage(how: Outage): Promise<() => Promise<void>>;
  close(): Promise<void>;
};

/**
 * `unreachable`: nobody listens. `cut`: every connection is cut before Telegram has read anything. `swallowed`: it does
 * what it is asked, and the connection is cut before the answer. `silent`: the same, and the connection stays open.
 */
type Outage = "unreachable" | "cut" | "swallowed" | "silent";

/** Listens on 127.0.0.1, any free port. */
export async function startTelegramServer(): Promise<TelegramServer> {
  const world = emptyWorld();
  const calls: Call[] = [];
  const updates = updateQueue();
  const refusals: { method: string; refusal: Refusal; times: number }[] = [];
  let outage: Outage | undefined;
  const server = createServer((request, response) => {
    if (outage === "cut") return void request.socket.destroy();
    handle(request, response).catch((error: unknown) => answer(response, refusalOf(error)));
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, token, rest] = /^\/(bot|file\/bot)([^/]+)\/([^?]+)/.exec(request.url ?? "") ?? [];
    const account = [...world.accounts.values()].find((entry) => tokenOf(entry) === token)?.account;
    if (account === undefined || rest === undefined) throw new Refusal(401, "Unauthorized");
    if (kind === "file/bot") return void response.end(world.files.get(rest) ?? Buffer.alloc(0));
    const call = { account, method: rest, ...(await read(request)), at: Date.now() };
    if (call.method === "getUpdates" && outage === undefined)
      return updates.poll({ account, params: call.params, response });
    if (outage !== undefined) {
      if (call.method !== "getUpdates") perform(world, call);
      return void (outage === "swallowed" && request.socket.destroy());
    }
    calls.push(call);
    const refused = refusals.find((entry) => entry.method === call.method && entry.times > 0);
    if (refused) {
      refused.times -= 1;
      throw refused.refusal;
    }
    answer(response, { ok: true, result: perform(world, call) });
  }

  // A connection that is closed just as the next request comes in would lose it; Telegram is not what is on trial.
  server.keepAliveTimeout = 0;
  const listen = (port: number) => new Promise<void>((ready) => server.listen(port, "127.0.0.1", ready));
  const stopListening = async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    world,
    calls,
    token(account) {
      const known = world.accounts.get(account) ?? { account, id: 7_000_001 + world.accounts.size };
      world.accounts.set(account, known);
      return tokenOf(known);
    },
    push: (account, update) => updates.push(account, update),
    unconfirmed: (account) => updates.waiting(account),
    polls: (account) => updates.polled(account),
    refuse(method, o) {
      refusals.push({ method, refusal: new Refusal(o.code, o.message, o.retryAfter), times: o.times ?? 1 });
    },
    async outage(how) {
      outage = how;
      if (how === "unreachable") await stopListening();
      // Who waits for updates notices as well.
      else server.closeAllConnections();
      return async () => {
        outage = undefined;
        if (how === "unreachable") await listen(port);
        else server.closeAllConnections();
      };
    },
    close: stopListening,
  };
}

function emptyWorld(): World {
  return {
    accounts: new Map(),
    rooms: new Map(),
    messages: [],
    actions: [],
    commands: new Map(),
    files: new Map(),
    nextMessageId: 100,
  };
}

// Tokens must look real: `<id>:<35 characters>`.
function tokenOf(entry: { account: string; id: number }): string {
  return `${entry.id}:${`fake-${entry.account}`.replaceAll(/[^A-Za-z0-9_-]/g, "_").padEnd(35, "0")}`;
}

// An update stays until the bot asks for a higher offset; ids rise for the life of the fake, so also across gateway restarts.
function updateQueue() {
  const pending: { account: string; update: Update }[] = [];
  const polls = new Set<Poll>();
  const counts = new Map<string, number>();
  let nextId = 10_001;
  const of = (account: string, offset: number) =>
    pending
      .filter((entry) => entry.account === account && entry.update.update_id >= offset)
      .map((entry) => entry.update);

  return {
    push(account: string, update: Params): number {
      const update_id = nextId++;
      pending.push({ account, update: { ...update, update_id } });
      for (const poll of polls) if (poll.account === account) poll.answer(of(account, poll.offset));
      return update_id;
    },
    waiting: (account: string) => of(account, 0).length,
    polled: (account: string) => counts.get(account) ?? 0,
    poll(o: { account: string; params: Params; response: ServerResponse }): void {
      const offset = Number(o.params.offset ?? 0);
      counts.set(o.account, (counts.get(o.account) ?? 0) + 1);
      for (let at = pending.length - 1; at >= 0; at--) {
        const entry = pending[at];
        if (entry?.account === o.account && entry.update.update_id < offset) pending.splice(at, 1);
      }
      // Telegram lets one poll of a bot wait; a newer one ends the older.
      for (const older of polls) if (older.account === o.account) older.answer([]);
      const timer = setTimeout(() => poll.answer([]), Number(o.params.timeout ?? 0) * 1000);
      const poll: Poll = {
        account: o.account,
        offset,
        answer(updates) {
          clearTimeout(timer);
          polls.delete(poll);
          answer(o.response, { ok: true, result: updates });
        },
      };
      polls.add(poll);
      o.response.on("close", () => {
        clearTimeout(timer);
        polls.delete(poll);
      });
      if (of(o.account, offset).length > 0) poll.answer(of(o.account, offset));
    },
  };
}

async function read(request: IncomingMessage): Promise<{ params: Params; uploads: Upload[] }> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const type = request.headers["content-type"] ?? "";
  const query = Object.fromEntries(new URL(request.url ?? "", "http://x").searchParams);
  if (body.length === 0) return { params: query, uploads: [] };
  if (type.includes("json")) return { params: JSON.parse(body.toString("utf8")) as Params, uploads: [] };
  const form = await new Response(withQuotedNames(body), { headers: { "content-type": type } }).formData();
  const params: Params = { ...query };
  const uploads: Upload[] = [];
  for (const [field, value] of form) {
    if (typeof value === "string") params[field] = field === "reply_parameters" ? JSON.parse(value) : value;
    else uploads.push({ field, name: value.name, bytes: Buffer.from(await value.arrayBuffer()) });
  }
  return { params, uploads };
}

// The channel's library writes `filename=a b.txt` without quotes; Telegram reads it to the end of the line or a semicolon.
function withQuotedNames(body: Buffer): Buffer {
  const name = /(?<=\r\ncontent-disposition:[^\r\n]*;\s?filename=)[^"\r\n;][^\r\n;]*/gi;
  const quoted = body.toString("latin1").replace(name, (found) => `"${found.replaceAll('"', "%22")}"`);
  return Buffer.from(quoted, "latin1");
}

function refusalOf(error: unknown): Params {
  const refusal = error instanceof Refusal ? error : new Refusal(500, `fake Bot API: ${String(error)}`);
  const parameters =
    refusal.retryAfter === undefined ? {} : { parameters: { retry_after: refusal.retryAfter } };
  return { ok: false, error_code: refusal.code, description: refusal.message, ...parameters };
}

function answer(response: ServerResponse, body: Params): void {
  response.writeHead(body.ok === true ? 200 : Number(body.error_code), {
    "content-type": "application/json",
  });
  response.end(JSON.stringify(body));
}
