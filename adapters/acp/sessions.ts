// Sessions as ACP has them: opened, resumed or forked, set and let go. A harness adds what is its own.
import { Failure } from "../../common/failure.ts";
import type { Connection } from "../connection.ts";
import type { OpenedSession, OpenRequest } from "../harness.ts";
import { requireDirectory } from "../process.ts";
import { readConfigured, readOpened } from "./wire.ts";

/** ACP `session/new`, `session/fork`, `session/resume`, or `session/load` where there is no resume; `meta` is the harness's own part. */
export async function openSession(
  connection: Connection,
  request: OpenRequest,
  meta: object = {},
): Promise<OpenedSession> {
  await requireDirectory(request.cwd);
  const { folders = [] } = request.options;
  const adds = connection.agent.agentCapabilities?.sessionCapabilities?.additionalDirectories;
  const additionalDirectories = adds && folders.length > 0 ? { additionalDirectories: folders } : {};
  const base = { cwd: request.cwd, mcpServers: [], ...additionalDirectories, _meta: meta };
  const { from } = request;
  if (from.is !== "resume") {
    const session = readOpened(
      await (from.is === "fork"
        ? connection.request("session/fork", { ...base, sessionId: from.id })
        : connection.request("session/new", base)),
    );
    request.listen(session.sessionId);
    return session;
  }
  const sessionId = from.id;
  request.listen(sessionId);
  if (connection.agent.agentCapabilities?.sessionCapabilities?.resume) {
    return readOpened(await connection.request("session/resume", { ...base, sessionId }), sessionId);
  }
  request.onReplay?.(true);
  try {
    return readOpened(await connection.request("session/load", { ...base, sessionId }), sessionId);
  } finally {
    request.onReplay?.(false);
  }
}

/** ACP `session/close`, where the adapter has it. */
export async function releaseSession(connection: Connection, sessionId: string): Promise<void> {
  if (!connection.agent.agentCapabilities?.sessionCapabilities?.close) return;
  await connection.request("session/close", { sessionId });
}

/** ACP `session/set_mode`. Throws Failure `refused` for one that is not offered: adapters answer `{}` to that as well. */
export async function setSessionMode(
  connection: Connection,
  session: OpenedSession,
  mode: string,
): Promise<OpenedSession> {
  if (!session.modes.includes(mode)) {
    throw new Failure({
      code: "refused",
      message: `The mode "${mode}" is not offered here (there is: ${session.modes.join(", ")}).`,
    });
  }
  await connection.request("session/set_mode", { sessionId: session.sessionId, modeId: mode });
  return { ...session, mode };
}

/** ACP `session/set_config_option`, or `session/set_model` where the adapter is older than options. */
export async function setSessionOption(
  connection: Connection,
  session: OpenedSession,
  option: { id: string; value: string },
): Promise<OpenedSession> {
  const { sessionId } = session;
  const hasOptions = session.configOptions.some((known) => known.id === "mode");
  const answered =
    option.id === "model" && !hasOptions
      ? await connection.request("session/set_model", { sessionId, modelId: option.value })
      : await connection.request("session/set_config_option", {
          sessionId,
          configId: option.id,
          value: option.value,
        });
  const configOptions =
    readConfigured(answered) ??
    session.configOptions.map((known) =>
      known.id === option.id ? { ...known, currentValue: option.value } : known,
    );
  return { ...session, configOptions };
}
