// The blocks of a job's output as lines of a message.
import { asText, plain, visible } from "../../common/text.ts";
import type { Block } from "../../state/job-output.ts";

/** A tool with its sign, words as they are. */
export function blockLines({ kind, text }: Pick<Block, "kind" | "text">): string[] {
  return kind === "tool" ? [`🔧 ${asText(plain(text, 200))}`] : visible(text).split("\n");
}

/** Several in order, a blank line around words. */
export function blocksText(blocks: readonly Pick<Block, "kind" | "text">[]): string {
  return blocks.reduce((text, block, at) => {
    const tools = block.kind === "tool" && blocks[at - 1]?.kind === "tool";
    return `${text}${at === 0 ? "" : tools ? "\n" : "\n\n"}${blockLines(block).join("\n")}`;
  }, "");
}
