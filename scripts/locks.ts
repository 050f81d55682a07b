// Writes the lockfiles setup installs from, one per harness: exact, with every integrity, for every platform.
// Run it after changing a version in adapters/claude/packages.ts: node scripts/locks.ts
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { harnessPackages } from "../adapters/claude/packages.ts";

const LOCKS = path.join(import.meta.dirname, "..", "adapters", "provision", "locks");

for (const { shortName, name, version } of Object.values(harnessPackages)) {
  const folder = path.join(LOCKS, shortName);
  const manifest = {
    name: `contractor-harness-${shortName}`,
    version: "1.0.0",
    private: true,
    dependencies: { [name]: version },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  execFileSync(
    "npm",
    [
      "install",
      "--package-lock-only",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--workspaces=false",
      "--legacy-peer-deps=false",
      "--omit-lockfile-registry-resolved=false",
      "--registry=https://registry.npmjs.org/",
    ],
    { cwd: folder, stdio: "inherit" },
  );
}
