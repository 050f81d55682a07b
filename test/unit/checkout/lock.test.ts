// The lock file, as npm on an older Node reads it: what it would leave out without a word is missing in every test and the demo.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { checkout } from "../../support/checkout.ts";

const lock = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      optional: z.boolean().optional(),
      engines: z.looseObject({ node: z.string().default("") }).optional(),
    }),
  ),
});

test("npm on Node 20 installs the host's native parts: no optional package asks for a newer Node", async () => {
  const { packages } = lock.parse(JSON.parse(await readFile(join(checkout, "package-lock.json"), "utf8")));
  const left = Object.entries(packages).filter(
    ([, { optional, engines }]) => optional && engines && /^(?:>=?|\^)\s?2[1-9]/.test(engines.node),
  );
  expect(left.map(([name]) => name)).toEqual([]);
});
