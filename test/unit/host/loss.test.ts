// What the host's errors say about a send: whether the channel has it, has it not, or nobody knows.
import { expect, test } from "vitest";
import { lossIn } from "../../../src/host/send-to-route.ts";

// As the host wraps what its Telegram channel throws (OutboundDeliveryError around grammY's).
function delivery(cause: object, o: { custody: "held" | "released"; sent: boolean }): Error {
  return Object.assign(new Error("delivery failed", { cause }), {
    name: "OutboundDeliveryError",
    queueCustody: o.custody,
    sentBeforeError: o.sent,
  });
}
const answer = (error_code: number) =>
  Object.assign(new Error("Call failed"), { name: "GrammyError", error_code });
const network = (code: string) =>
  Object.assign(new Error("Network request failed"), {
    name: "HttpError",
    error: new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) }),
  });
const notDispatched = (retryable: boolean) =>
  Object.assign(new Error("not started"), { code: "OPENCLAW_PLATFORM_MESSAGE_NOT_DISPATCHED", retryable });

test.each([
  ["a channel that answered no", delivery(answer(400), { custody: "held", sent: true }), "refused"],
  ["a bot that was blocked", delivery(answer(403), { custody: "held", sent: true }), "refused"],
  [
    "a channel that wants to be left alone for a while",
    delivery(answer(429), { custody: "held", sent: true }),
    "unsent",
  ],
  ["a channel in trouble", delivery(answer(502), { custody: "held", sent: true }), "unknown"],
  ["nobody who listens", delivery(network("ECONNREFUSED"), { custody: "released", sent: false }), "unsent"],
  [
    "a request that was never begun",
    delivery(notDispatched(true), { custody: "released", sent: false }),
    "unsent",
  ],
  [
    "what the channel will never take",
    delivery(notDispatched(false), { custody: "released", sent: false }),
    "refused",
  ],
  ["a connection that was cut", delivery(network("ECONNRESET"), { custody: "held", sent: true }), "unknown"],
  [
    "an answer that never came",
    delivery(new Error("timed out after 60000ms"), { custody: "held", sent: true }),
    "unknown",
  ],
  [
    "a send that the host may try again itself",
    delivery(network("ECONNREFUSED"), { custody: "held", sent: false }),
    "unknown",
  ],
  [
    "one of several ways that was not tried, behind others that were",
    delivery(
      Object.assign(notDispatched(true), {
        cause: new Error("Telegram transport attempts are cooling down; retry after 9 ms"),
      }),
      { custody: "released", sent: false },
    ),
    "unknown",
  ],
  ["a queue that is locked", new Error("database is locked"), "refused"],
  [
    "a name that an earlier gateway left",
    new Error("Stable delivery intent is already queued: contractor:a:0"),
    "unknown",
  ],
  ["nothing at all", undefined, "refused"],
])("%s", (_, error, loss) => {
  expect(lossIn(error)).toBe(loss);
});

test("an error that holds itself is read once", () => {
  const error = delivery(network("ECONNRESET"), { custody: "held", sent: true });
  Object.assign(error, { original: error });
  expect(lossIn(error)).toBe("unknown");
});
