// Progress on a terminal, and in a log.
import { describe, expect, it } from "vitest";
import { plainProgress, progressBar } from "../../../src/operations/progress-text.ts";

describe("progress", () => {
  it("is a bar where the end is known, and never wider than the terminal", () => {
    const line = progressBar({ text: "Downloading", fraction: 0.5, columns: 80 });
    expect(line).toBe("████████████░░░░░░░░░░░░  50% Downloading");
    expect(progressBar({ text: "Waiting", columns: 80 })).toBe("Waiting");
    expect(progressBar({ text: "Downloading a lot", fraction: 2, columns: 32 })).toHaveLength(32);
  });

  it("is a few plain lines in a log", () => {
    const line = plainProgress();
    const said = [0, 0.01, 0.05, 0.1, 0.19, 0.2].map((share) => line(`Got ${share * 400} MB of 400.`, share));
    expect(said).toEqual([
      "0% Got 0 MB of 400.",
      undefined,
      undefined,
      "10% Got 40 MB of 400.",
      undefined,
      "20% Got 80 MB of 400.",
    ]);
    expect(line("Waiting.")).toBe("Waiting.");
    expect(line("Waiting.")).toBeUndefined();
  });
});
