// What the demo is doing, a line per step with its time; in a terminal the line ticks while the step runs.
import { clearLine, cursorTo } from "node:readline";
import { styleText } from "node:util";

export type Steps = {
  /** Runs one step and prints how long it took; a failure is printed as failed and thrown on. */
  step<T>(title: string, task: () => Promise<T>): Promise<T>;
  /** A line between the steps. */
  say(text: string): void;
};

type Style = Parameters<typeof styleText>[0];

/** `out` is stdout; every step races `stopped`, so that Ctrl+C need not wait for a slow one. */
export function stepsOn(out: NodeJS.WriteStream, stopped: AbortSignal): Steps {
  return {
    say: (text) => void out.write(`${text}\n`),
    async step(title, task) {
      stopped.throwIfAborted();
      const began = performance.now();
      const seconds = () => ((performance.now() - began) / 1000).toFixed(1).padStart(5);
      const draw = () => redraw(out, `  … ${seconds()} s  ${title}`);
      const ticking = out.isTTY ? setInterval(draw, 200) : undefined;
      if (out.isTTY) draw();
      let mark = paint(out, "red", "✗");
      try {
        const result = await Promise.race([task(), whenAborted(stopped)]);
        mark = paint(out, "green", "✓");
        return result;
      } finally {
        clearInterval(ticking);
        redraw(out, `  ${mark} ${seconds()} s  ${title}\n`);
      }
    },
  };
}

/** Colour where the terminal has it and NO_COLOR is not set. */
export function paint(out: NodeJS.WriteStream, style: Style, text: string): string {
  return styleText(style, text, { stream: out });
}

function redraw(out: NodeJS.WriteStream, text: string): void {
  if (out.isTTY) {
    cursorTo(out, 0);
    clearLine(out, 0);
  }
  out.write(text);
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
