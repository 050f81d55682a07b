// The two npm packages that speak ACP for Claude Code, as provisioning must know them.
// Sizes were measured on linux-x64; versions and binaries: docs/adapter-notes.md#versions-and-executables.
import type { HarnessPackage } from "../provision/harness-package.ts";

const AGENT_SDK = "@anthropic-ai/claude-agent-sdk";
const PLATFORMS = [
  "linux-x64",
  "linux-x64-musl",
  "linux-arm64",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64",
  "win32-arm64",
];

const claudeAgentAcp: HarnessPackage = {
  shortName: "claude-agent-acp",
  name: "@agentclientprotocol/claude-agent-acp",
  version: "0.101.0",
  entry: "dist/index.js",
  megabytes: { full: { disk: 400, download: 160 }, lean: { disk: 80, download: 12 } },
  bundled: PLATFORMS.filter(ofThisMachine).map(
    (platform) => `${AGENT_SDK}-${platform}/${platform.startsWith("win32") ? "claude.exe" : "claude"}`,
  ),
  droppable: PLATFORMS.map((platform) => `${AGENT_SDK}-${platform}`),
  minimumClaude: "2.1.318",
};

// The older name of the same adapter. Its Claude Code is a script inside the SDK's own package and cannot be left out.
const claudeCodeAcp: HarnessPackage = {
  shortName: "claude-code-acp",
  name: "@zed-industries/claude-code-acp",
  version: "0.16.2",
  entry: "dist/index.js",
  megabytes: { full: { disk: 124, download: 42 }, lean: { disk: 108, download: 35 } },
  bundled: [`${AGENT_SDK}/cli.js`],
  droppable: [],
  minimumClaude: "2.1.44",
};

/** By the name the setting `harness.package` and `--harness` use. */
export const harnessPackages = {
  "claude-agent-acp": claudeAgentAcp,
  "claude-code-acp": claudeCodeAcp,
} as const satisfies Record<string, HarnessPackage>;

function ofThisMachine(platform: string): boolean {
  return platform.replace("-musl", "") === `${process.platform}-${process.arch}`;
}
