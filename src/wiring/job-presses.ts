// A press of a button under a notice of a job, and what it does.
import { describe } from "../../common/failure.ts";
import { expectReply } from "../door/expect-reply.ts";
import { type JobPress, type JobPressed, press } from "../jobs/press.ts";
import type { Engine } from "./engine.ts";

export async function pressJob(engine: Engine, pressed: JobPress): Promise<JobPressed> {
  const { jobs, replies } = engine;
  const expect = (act: (text: string) => Promise<string>) =>
    expectReply(replies, pressed.place, { reads: (text) => !text.trim().startsWith("/"), act });
  return await press(jobs, { ...pressed, expect }).catch((error: unknown) => ({
    reply: describe(error, "chat"),
  }));
}
