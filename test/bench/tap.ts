// A tap on an adapter's stdout: `node tap.ts <file> <command…>` passes everything on and writes down when a prompt was answered.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

const [file = "", command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
process.stdin.pipe(child.stdin);
child.stdout.on("data", (chunk: Buffer) => {
  // The answer is one short line, and comes in one piece.
  const answered = chunk.includes('"stopReason"');
  if (answered) appendFileSync(file, `${performance.timeOrigin + performance.now()}\n`);
  process.stdout.write(chunk);
});
child.on("exit", (code) => process.exit(code ?? 1));
process.on("SIGTERM", () => child.kill("SIGTERM"));
