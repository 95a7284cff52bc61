import { Subject } from "rxjs";
import { expect, test } from "vitest";

import type { SessionEvent } from "../../../src/session/session-event.ts";
import { behavior } from "../../../src/shared/behavior.ts";
import { ASLEEP, type Turn } from "../../../src/turn/turn.ts";
import { withdrawals } from "../../../src/wiring/withdrawals.ts";

test("a turn that begins withdraws a question, one that goes on does not; a lost link does", () => {
  const turns$ = new Subject<Turn>();
  const session$ = new Subject<SessionEvent>();
  const withdrawn: string[] = [];
  withdrawals(behavior(turns$, ASLEEP), session$).subscribe((withdrawal) => withdrawn.push(withdrawal));
  turns$.next({ ...ASLEEP, awaitingReply: true });
  session$.next({ type: "session-ready" });
  expect(withdrawn).toEqual([]);
  turns$.next({ ...ASLEEP, turn: 1 });
  turns$.next({ ...ASLEEP, turn: 1, open: true });
  session$.next({ type: "session-lost", reason: "gone", retryInMs: 100 });
  expect(withdrawn).toEqual(["other", "silence"]);
});
