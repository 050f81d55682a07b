// What in openclaw.json keeps Claude from being reached or heard. Pure: settings in, findings out.
import { HARNESS } from "../../../adapters/kinds.ts";
import { BACKEND } from "../../../common/names.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const UNSET = "acp.backend is not set.";

/** The parts of the host's configuration that concern us, as the host resolved them. */
export type HostConfig = {
  acp?: {
    enabled?: boolean | undefined;
    backend?: string | undefined;
    fallbacks?: readonly string[] | undefined;
    allowedAgents?: readonly string[] | undefined;
    dispatch?: { enabled?: boolean | undefined } | undefined;
    stream?: { deliveryMode?: string | undefined } | undefined;
  };
  /** `channels.telegram.streaming`, by account; the empty name is the channel's own setting. */
  telegram: { account: string; streaming: unknown }[];
  /** Ids of the contractor agents. */
  contractors: readonly string[];
};

export function configFindings(config: HostConfig): Finding[] {
  // `add` sets the backend by itself.
  const early = config.contractors.length === 0 && config.acp?.backend === undefined;
  const acp = acpFindings(config.acp ?? {}).filter(({ what }) => !(early && what === UNSET));
  return [...acp, ...allowedFindings(config), ...telegramFindings(config)];
}

/** Where the settings leave a choice open, `held` turns (CLI, cron, webchat) are meant: released ones do not pass there. */
function telegramFindings(config: HostConfig): Finding[] {
  if (config.acp?.stream?.deliveryMode !== "live") return [];
  return config.telegram
    .filter(({ streaming }) => losesText(streaming))
    .map(({ account }) => {
      const key = account ? `channels.telegram.accounts.${account}.streaming` : "channels.telegram.streaming";
      return warn(
        `With acp.stream.deliveryMode "live", ${key} in mode "progress" (its default) loses the first answer of a held turn.`,
        `openclaw config set ${key} '{"mode":"off","block":{"enabled":true}}', or openclaw config unset acp.stream.deliveryMode`,
      );
    });
}

/** docs/host-notes.md#delivery: `live` loses text in Telegram's default mode `progress`; `partial` and blocks lose nothing. */
function losesText(streaming: unknown): boolean {
  if (typeof streaming === "string") return streaming === "progress";
  if (typeof streaming !== "object" || streaming === null) return streaming !== false;
  const { mode, block } = streaming as { mode?: unknown; block?: { enabled?: unknown } };
  return (mode ?? "progress") === "progress" && block?.enabled !== true;
}

function acpFindings(acp: NonNullable<HostConfig["acp"]>): Finding[] {
  const findings = [backendFinding(acp)];
  if (acp.enabled === false) {
    findings.push(
      fail(
        `ACP is switched off (acp.enabled is false): ${HARNESS.name} is never asked.`,
        "openclaw config unset acp.enabled",
      ),
    );
  }
  if (acp.dispatch?.enabled === false) {
    const what =
      "Messages of chats are not handed to ACP (acp.dispatch.enabled is false): bound chats stay silent.";
    findings.push(fail(what, "openclaw config unset acp.dispatch.enabled"));
  }
  const others = (acp.fallbacks ?? []).filter((backend) => backend !== BACKEND);
  if (others.length > 0) {
    const what = `acp.fallbacks names other backends (${others.join(", ")}): a turn that fails may be answered by one of them.`;
    findings.push(warn(what, "openclaw config unset acp.fallbacks"));
  }
  return findings;
}

function backendFinding(acp: NonNullable<HostConfig["acp"]>): Finding {
  const fix = "openclaw config set acp.backend contractor";
  if (acp.backend === BACKEND) return ok('acp.backend is "contractor".');
  if (acp.backend !== undefined) {
    return fail(
      `acp.backend is "${acp.backend}", which overrides the backend of every session: ${HARNESS.name} is never asked.`,
      fix,
    );
  }
  if (acp.enabled !== true && acp.dispatch?.enabled !== true) return warn(UNSET, fix);
  const key = acp.enabled === true ? "acp.enabled" : "acp.dispatch.enabled";
  return fail(`${key} is true without acp.backend: OpenClaw then tries to download another backend.`, fix);
}

/** The host compares the list with the harness id of a session: the agent's own after `/acp spawn ID`, else `claude`. */
function allowedFindings(config: HostConfig): Finding[] {
  const allowed = (config.acp?.allowedAgents ?? []).map((id) => id.trim().toLowerCase()).filter(Boolean);
  if (allowed.length === 0) return [];
  const missing = [HARNESS.kind, ...config.contractors].filter((id) => !allowed.includes(id));
  if (missing.length === 0) return [];
  return [
    fail(
      `acp.allowedAgents does not name ${missing.join(", ")}: their sessions are refused.`,
      `openclaw config set acp.allowedAgents '${JSON.stringify([...allowed, ...missing])}', or openclaw config unset acp.allowedAgents`,
    ),
  ];
}
