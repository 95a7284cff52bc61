import { NEVER, Observable } from "rxjs";
import { describe, expect, test } from "vitest";

import { cutUtterances } from "../../../src/commands/cut-utterances.ts";
import type { AgentEvent } from "../../../src/observability/agent-event.ts";
import { local } from "../../../src/providers/local.ts";
import type { Provider } from "../../../src/session/provider.ts";
import type { Socket } from "../../../src/session/socket.ts";

const OPENED: AgentEvent = { type: "gate-opened", turn: 1, reason: "wake", preRollBytes: 0 };
const CLOSED: AgentEvent = { type: "gate-closed", turn: 1, reason: "sleep" };

/** A line to a model, dialled once. */
function dialled() {
  const utterances = cutUtterances();
  let hungUp = false;
  const socket: Socket = {
    messages$: NEVER,
    pongs$: NEVER,
    unsentBytes: 0,
    ping: () => undefined,
    send: () => undefined,
  };
  const provider: Provider = {
    ...local({ url: "ws://127.0.0.1/never", token: "t" }),
    dialer: {
      dial: () =>
        new Observable<Socket>((subscriber) => {
          subscriber.next(socket);
          return () => {
            hungUp = true;
          };
        }),
    },
  };
  const around = utterances.around(provider);
  const errors: unknown[] = [];
  const dial = () =>
    around.dialer?.dial(around.connection(), "local").subscribe({ error: (error: unknown) => errors.push(error) });
  dial();
  return { utterances, errors, dial, hungUp: () => hungUp };
}

describe("cutUtterances", () => {
  test("the line breaks when the microphone is lost while the driver is listened to", () => {
    const { utterances, errors, hungUp } = dialled();
    utterances.follow(OPENED);
    utterances.microphone(true);
    expect(errors).toMatchObject([
      { code: "connection-lost", message: expect.stringContaining("microphone") as string },
    ]);
    expect(hungUp()).toBe(true);
  });

  test("a sentence that was heard to its end stands", () => {
    const { utterances, errors } = dialled();
    utterances.follow(OPENED);
    utterances.follow(CLOSED);
    utterances.microphone(true);
    expect(errors).toEqual([]);
  });

  test("a wake word that is noticed after the microphone went is not completed by what comes after the gap", () => {
    const { utterances, errors } = dialled();
    utterances.microphone(true);
    expect(errors).toEqual([]);
    utterances.follow(OPENED);
    expect(errors).toHaveLength(1);
  });

  test("the next line stands, and breaks again only for another utterance", () => {
    const { utterances, errors, dial } = dialled();
    utterances.follow(OPENED);
    utterances.microphone(true);
    utterances.follow(CLOSED);
    dial();
    utterances.microphone(false);
    utterances.follow(OPENED);
    expect(errors).toHaveLength(1);
    utterances.microphone(true);
    expect(errors).toHaveLength(2);
  });
});
