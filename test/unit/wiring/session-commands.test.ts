import { BehaviorSubject, Subject } from "rxjs";
import { beforeEach, describe, expect, test } from "vitest";

import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { ToolStep } from "../../../src/tools/run-tools.ts";
import { ASLEEP, type Turn } from "../../../src/turn/turn-state.ts";
import type { GateOutput } from "../../../src/wake/wake-gate.ts";
import { sessionCommands } from "../../../src/wiring/session-commands.ts";

const request = { callId: "c1", name: "window_set", args: {}, turn: 1, session: "1", origin: "voice" } as const;
const result = { status: "failed", say: "The window is blocked." } as const;

describe("sessionCommands", () => {
  let turn$: BehaviorSubject<Turn>;
  let tools$: Subject<ToolStep>;
  let typed$: Subject<string>;
  let said: SessionCommand["type"][];

  beforeEach(() => {
    turn$ = new BehaviorSubject(ASLEEP);
    tools$ = new Subject();
    typed$ = new Subject();
    said = [];
    sessionCommands({ gate$: new Subject<GateOutput>(), tools$, typed$, turn$ }).subscribe(({ type }) =>
      said.push(type),
    );
  });

  const becomes = (change: Partial<Turn>): void => turn$.next({ ...turn$.value, ...change });

  test("a result goes out at once and a reply to it is asked for", () => {
    tools$.next({ request, event: { type: "result", result } });
    expect(said).toEqual(["tool-result", "create-reply"]);
  });

  test("while the driver speaks the reply to a result waits, the result does not", () => {
    becomes({ open: true });
    tools$.next({ request, event: { type: "result", result } });
    tools$.next({ request, event: { type: "late", result } });
    expect(said).toEqual(["tool-result", "note"]);
    becomes({ open: false });
    expect(said).toEqual(["tool-result", "note", "create-reply"]);
  });

  test("what failed late is told, what was done late is not", () => {
    tools$.next({ request, event: { type: "late", result: { status: "done", say: "The window is open." } } });
    expect(said).toEqual([]);
    tools$.next({ request, event: { type: "late", result } });
    expect(said).toEqual(["note", "create-reply"]);
  });

  test("a wake cancels the running reply, and one that begins while the driver speaks, each once", () => {
    becomes({ activeReply: "r1" });
    becomes({ open: true });
    becomes({ turn: 2 });
    expect(said).toEqual(["cancel-reply"]);
    becomes({ activeReply: undefined });
    becomes({ activeReply: "r2" });
    expect(said).toEqual(["cancel-reply", "cancel-reply"]);
  });

  test("a reply that begins after the driver has spoken is left alone", () => {
    becomes({ open: true });
    becomes({ open: false });
    becomes({ activeReply: "r1" });
    expect(said).toEqual([]);
  });
});
