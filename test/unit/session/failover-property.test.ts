import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { conversationOf, type Step } from "./two-models.ts";

const NUM_RUNS = 150;
const PAUSES = [0, 0, 0, 20, 20, 20, 100, 400, 400, 1_600, 1_600, 3_000, 6_000, 16_000, 70_000];

const anyWhat = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Step["what"]>("frame", "frame", "end", "typed") },
  { weight: 1, arbitrary: fc.constantFrom<Step["what"]>("cut", "cancel", "truncate", "context", "listen") },
  { weight: 2, arbitrary: fc.constant<Step["what"]>("result") },
  { weight: 5, arbitrary: fc.constantFrom<Step["what"]>("ready", "ready", "ready", "ready", "lost") },
  {
    weight: 10,
    arbitrary: fc.constantFrom<Step["what"]>("stopped", "begin", "sound", "words", "call", "call", "finish"),
  },
);
const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof({ weight: 40, arbitrary: anyWhat }, { weight: 1, arbitrary: fc.constant<Step["what"]>("refused") }),
  side: fc.constantFrom("primary" as const, "fallback" as const),
  index: fc.nat(7),
  pause: fc.constantFrom(...PAUSES),
});
const READY: readonly Step[] = (["primary", "fallback"] as const).map((side) => ({
  what: "ready",
  side,
  index: 0,
  pause: 0,
}));
const anySchedule = fc
  .tuple(fc.constantFrom(0, 1, 2, 2), fc.array(anyStep, { maxLength: 60, size: "max" }))
  .map(([ready, steps]) => [...READY.slice(0, ready), ...steps]);

/** Plays any schedule, and looks at what came of it. */
function always(look: (played: ReturnType<typeof conversationOf>) => void): void {
  const numRuns = NUM_RUNS;
  fc.assert(
    fc.property(anySchedule, (schedule) => {
      look(conversationOf(schedule));
    }),
    { numRuns },
  );
}

describe("two models in one conversation, whatever happens to either", () => {
  test("no wish is carried out by both", () => {
    always(({ told }) => {
      const doers = new Map<string, Set<boolean>>();
      for (const event of told) {
        if (event.type !== "tool-call" || typeof event.args !== "string") continue;
        doers.set(event.args, (doers.get(event.args) ?? new Set()).add(event.callId.startsWith("fb-")));
      }
      for (const sides of doers.values()) expect(sides.size).toBe(1);
    });
  });

  test("each call that was told has its result on its own link, or told, once", () => {
    always(({ calls, results, notes }) => {
      expect(new Set(results).size).toBe(results.length);
      const noteless = calls.filter(({ callId, place }) => {
        const told = notes.filter((text) => text === `about ${callId}`).length;
        expect(told).toBeLessThanOrEqual(1);
        return told === 0 && !results.includes(place);
      });
      // The car never answered these, and the driver is told so.
      expect(notes.filter((text) => text === "I have no answer from the car.").length).toBeGreaterThanOrEqual(
        noteless.length,
      );
      expect(calls.map(({ place }) => place)).toEqual(expect.arrayContaining(results));
    });
  });

  test("no call is left without an answer by a link that stands", () => {
    always(({ open }) => expect(open).toEqual([]));
  });

  test("one reply is told after the other, each from its beginning to its end", () => {
    always(({ told }) => {
      let running: string | undefined;
      for (const event of told) {
        if (event.type === "reply-started") {
          expect(running).toBeUndefined();
          running = event.replyId;
        } else if (event.type === "session-lost") running = undefined;
        else if ("replyId" in event) {
          expect(event.replyId).toBe(running);
          if (event.type === "reply-ended") running = undefined;
        }
      }
      expect(running).toBeUndefined();
    });
  });

  test("no two things have the same name", () => {
    always(({ told }) => {
      const names = told.flatMap((event) =>
        event.type === "reply-started" ? [event.replyId] : event.type === "tool-call" ? [event.callId] : [],
      );
      expect(new Set(names).size).toBe(names.length);
    });
  });

  test("nobody hears half a sentence, or one that is over, or an old one too late", () => {
    always(({ faults }) => expect(faults).toEqual([]));
  });

  test("the driver is told of an outage once", () => {
    always(({ notes, outages }) => {
      expect(notes.filter((text) => text.startsWith("NOTICE")).length).toBeLessThanOrEqual(outages);
    });
  });

  test("the first model has the word again in the end", () => {
    always(({ last, heardLast }) => {
      expect(last).toBe("primary");
      expect(heardLast).toEqual(["primary"]);
    });
  });
});
