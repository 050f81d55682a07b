// `trust add`, `list` and `remove` from a command line: what is shown is what is trusted, and only after a yes.
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  trustAddOperation,
  trustListOperation,
  trustRemoveOperation,
} from "../../../src/operations/permission/trust-operations.ts";
import { startEngine, type TestEngine } from "../../support/engine.ts";
import { granted } from "../../support/granted.ts";
import { hooks, writeSettings } from "../../support/hostile-folder.ts";

let engine: TestEngine;
let shop: string;

beforeEach(async () => {
  engine = await startEngine({ command: ["/bin/false"] });
  shop = join(engine.home, "shop");
  writeSettings(shop, hooks({ SessionStart: "id > FILE" }));
});
afterEach(() => engine.dispose());

const questions: string[] = [];
const context = (answer: boolean) =>
  granted({
    confirm: async (question: string) => {
      questions.push(question);
      return answer;
    },
  });
const add = async (given: object, answer = false) => {
  const operation = trustAddOperation(() => engine.trust);
  return operation.text(await operation.run(operation.input.parse({ dir: shop, ...given }), context(answer)));
};
const list = async () => {
  const operation = trustListOperation(() => engine.trust);
  return operation.text(await operation.run({}, context(false)));
};
const remove = async (dir: string) => {
  const operation = trustRemoveOperation(() => engine.trust);
  return operation.text(await operation.run({ dir }, context(false)));
};

describe("trust add", () => {
  it("shows what the directory brings, and trusts it only after a yes", async () => {
    expect(await add({})).toContain("It is not trusted. To trust it, add --yes.");
    expect(questions.at(-1)).toContain("runs when a session starts: `id > FILE`\nTrust it?");
    expect(await engine.trust.standing(shop)).toMatchObject({ use: "ignored", decision: "open" });
    expect(await add({}, true)).toContain("is trusted, until one of these files changes.");
    expect(await engine.trust.standing(shop)).toMatchObject({ use: "trusted" });
    expect(await list()).toMatch(/shop {2}trusted {2}\(command line, \d{4}-\d\d-\d\d\)$/);
  });

  it("takes the answer beforehand, and can settle that it is used without its settings", async () => {
    const before = questions.length;
    expect(await add({ yes: true, withoutSettings: true })).toContain("is used without its settings.");
    expect(questions).toHaveLength(before);
    expect(await engine.trust.standing(shop)).toMatchObject({ use: "ignored", decision: "without" });
  });

  it("has nothing to do for a directory that brings nothing", async () => {
    expect(await add({ dir: engine.cwd, yes: true })).toContain("so there is nothing to trust.");
    expect(await list()).toBe("No directory is trusted: the settings that directories bring are not used.");
  });
});

describe("a decision", () => {
  it("is shown as outdated when the files have changed, and can be removed", async () => {
    await add({ yes: true });
    writeSettings(shop, hooks({ SessionStart: "other" }));
    expect(await list()).toContain("its files have changed since: not used, and asked again");
    expect(await remove(shop)).toContain(`Removed: ${shop}`);
    await expect(remove(shop)).rejects.toThrow(`Nothing was decided about ${shop}.`);
  });
});
