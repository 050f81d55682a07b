// What the doctor says of openclaw.json.
import { describe, expect, it } from "vitest";
import { configFindings, type HostConfig } from "../../../src/operations/agents/doctor-config.ts";

const levels = (config: Partial<HostConfig>) => findings(config).map((finding) => finding.level);
const findings = (config: Partial<HostConfig>) =>
  configFindings({ telegram: [], contractors: ["cc"], ...config });
const live = { backend: "contractor", stream: { deliveryMode: "live" } };

describe("acp settings", () => {
  it("are well when acp.backend is ours and nothing else is said", () => {
    expect(levels({ acp: { backend: "contractor" } })).toEqual(["ok"]);
    expect(levels({ acp: { backend: "contractor", enabled: true, dispatch: { enabled: true } } })).toEqual([
      "ok",
    ]);
  });

  it("are doubtful without a backend, and wrong with another one", () => {
    expect(levels({})).toEqual(["warn"]);
    const [finding] = findings({ acp: { backend: "acpx" } });
    expect(finding).toMatchObject({ level: "fail", fix: "openclaw config set acp.backend contractor" });
    expect(finding?.what).toContain('"acpx"');
  });

  it("are wrong when ACP is asked for without a backend, because the host then downloads one", () => {
    expect(findings({ acp: { enabled: true } })[0]?.what).toMatch(
      /acp\.enabled is true without acp\.backend/,
    );
    expect(findings({ acp: { dispatch: { enabled: true } } })[0]?.what).toMatch(
      /acp\.dispatch\.enabled is true/,
    );
  });

  it("are wrong when ACP or its dispatch is off", () => {
    expect(levels({ acp: { backend: "contractor", enabled: false } })).toEqual(["ok", "fail"]);
    expect(levels({ acp: { backend: "contractor", dispatch: { enabled: false } } })).toEqual(["ok", "fail"]);
  });

  it("name other backends a failed turn may go to", () => {
    expect(levels({ acp: { backend: "contractor", fallbacks: ["contractor"] } })).toEqual(["ok"]);
    expect(findings({ acp: { backend: "contractor", fallbacks: ["acpx"] } })[1]?.what).toContain("acpx");
  });

  it("must allow claude and every contractor agent, when they allow only some", () => {
    expect(levels({ acp: { backend: "contractor", allowedAgents: [] } })).toEqual(["ok"]);
    expect(levels({ acp: { backend: "contractor", allowedAgents: ["Claude", " cc "] } })).toEqual(["ok"]);
    const [, finding] = findings({ acp: { backend: "contractor", allowedAgents: ["codex"] } });
    expect(finding).toMatchObject({ level: "fail" });
    expect(finding?.fix).toContain('["codex","claude","cc"]');
  });
});

describe("Telegram's streaming", () => {
  it("does not matter while answers come once, at the end", () => {
    expect(
      levels({ acp: { backend: "contractor" }, telegram: [{ account: "", streaming: undefined }] }),
    ).toEqual(["ok"]);
  });

  it.each([[undefined], [{}], [{ mode: "progress" }], ["progress"]])("loses text live as %j", (streaming) => {
    const [, finding] = findings({ acp: live, telegram: [{ account: "", streaming }] });
    expect(finding).toMatchObject({ level: "warn" });
    expect(finding?.fix).toContain("channels.telegram.streaming");
  });

  it.each([
    ["partial"],
    [{ mode: "partial" }],
    [{ mode: "off", block: { enabled: true } }],
    [{ block: { enabled: true } }],
  ])("loses nothing live as %j", (streaming) =>
    expect(levels({ acp: live, telegram: [{ account: "", streaming }] })).toEqual(["ok"]),
  );

  it("is looked at for each account", () => {
    const telegram = [
      { account: "", streaming: "partial" },
      { account: "second", streaming: "progress" },
    ];
    expect(findings({ acp: live, telegram })[1]?.what).toContain(
      "channels.telegram.accounts.second.streaming",
    );
  });
});
