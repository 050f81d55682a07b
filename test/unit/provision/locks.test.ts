// The lockfiles we ship: exact, checked by integrity, and good for every platform.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { harnessPackages } from "../../../adapters/claude/packages.ts";

const locks = path.join(import.meta.dirname, "../../../adapters/provision/locks");
const lockSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      optional: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

describe.each(Object.values(harnessPackages))("the lockfile of $shortName", (harness) => {
  const file = path.join(locks, harness.shortName, "package-lock.json");
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const { "": _, ...dependencies } = packages;

  it("holds the pinned version", () => {
    expect(dependencies[`node_modules/${harness.name}`]?.version).toBe(harness.version);
  });

  it("has an integrity for every package, all of them from the public registry", () => {
    for (const [place, { integrity, resolved }] of Object.entries(dependencies)) {
      expect(integrity, place).toMatch(/^sha512-/);
      expect(resolved, place).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    }
  });

  it("holds the bundled Claude Code of every platform, as optional packages", () => {
    for (const name of harness.droppable)
      expect(dependencies[`node_modules/${name}`]?.optional, name).toBe(true);
  });

  it("has nothing optional that is needed with a user's own Claude Code, and nothing that needs a script", () => {
    const optional = Object.entries(dependencies).filter(([, { optional }]) => optional);
    for (const [place] of optional) expect(place).toMatch(/claude-agent-sdk-|@img\/sharp-/);
    for (const [place, one] of Object.entries(dependencies)) expect(one.hasInstallScript, place).toBeFalsy();
  });
});
