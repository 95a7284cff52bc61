import {
  catchError,
  distinctUntilChanged,
  filter,
  ignoreElements,
  map,
  NEVER,
  type Observable,
  of,
  throwError,
} from "rxjs";
import type { RunHelpers } from "rxjs/testing";
import { describe, expect, test } from "vitest";

import { local } from "../../../src/providers/local.ts";
import type { SpeechEar } from "../../../src/session/local-speech.ts";
import type { Codec, Provider } from "../../../src/session/provider.ts";
import { ProviderError } from "../../../src/session/provider-error.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import type { Socket } from "../../../src/session/socket.ts";
import { MAX_UNSENT_BYTES, talk } from "../../../src/session/talk.ts";
import { audio, SPEC } from "../../support/session.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const provider = local({ url: "ws://127.0.0.1:1/v1/realtime", token: "t" });

const WIRE: Readonly<Record<string, string>> = {
  c: '{"type":"session.created"}',
  u: '{"type":"session.updated"}',
  b: "not json",
  s: '{"type":"input_audio_buffer.speech_started"}',
  t: '{"type":"input_audio_buffer.speech_stopped"}',
  f: '{"type":"error","error":{"message":"voice x is not valid"}}',
  d: '{"type":"response.done","response":{"id":"r","status":"completed"}}',
};
const SAYS: Readonly<Record<string, SessionCommand>> = {
  a: audio(7),
  e: { type: "audio-end" },
  x: { type: "audio-end", cut: true },
  q: { type: "create-reply" },
};

/** A conversation over a line whose every message, sign of life and byte is in the test's hands. */
function overLine(
  { cold, hot }: RunHelpers,
  line: { server: string; driver?: string; pongs?: string; unsent?: () => number },
) {
  const sent: string[] = [];
  const socket: Socket = {
    messages$: cold(line.server, WIRE),
    pongs$: line.pongs === undefined ? NEVER : hot(line.pongs),
    send: (text) => sent.push((JSON.parse(text) as { type: string }).type),
    ping: () => sent.push("ping"),
    get unsentBytes() {
      return line.unsent?.() ?? 0;
    },
  };
  const commands$ = line.driver === undefined ? NEVER : hot(line.driver, SAYS);
  const talk$ = talk({ provider, spec: SPEC, socket, resampler: { push: (pcm) => pcm } }, commands$);
  return { sent, talk$ };
}

const letterOf: Readonly<Partial<Record<SessionEvent["type"], string>>> = {
  ignored: "i",
  "session-ready": "r",
  "provider-error": "p",
  "speech-started": "s",
  "speech-stopped": "t",
  "reply-started": "q",
  "reply-ended": "d",
};
const asLetters = (events$: Observable<SessionEvent>) => events$.pipe(map(({ type }) => letterOf[type] ?? "?"));
const lost = (code: "connection-failed" | "connection-lost" | "refused" | "hostile", message: string) =>
  new ProviderError(code, "local", message);

describe("a conversation over one socket", () => {
  test("answers the server's greeting with the configuration", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = overLine(helpers, { server: "5ms c 9ms u" });
      helpers.expectObservable(asLetters(talk$), "^ 20ms !").toBe("5ms i 9ms r");
      helpers.flush();
      expect(sent).toEqual(["session.update"]);
    });
  });

  test("gives up a server that never confirms", () => {
    virtualTime((helpers) => {
      const { talk$ } = overLine(helpers, { server: "c" });
      const failure = lost("connection-lost", "did not confirm the session within 5 s");
      helpers.expectObservable(asLetters(talk$)).toBe("i 4999ms #", undefined, failure);
    });
  });

  test("gives up for good when the server says that it will never confirm", () => {
    virtualTime((helpers) => {
      const { talk$ } = overLine(helpers, { server: "c 9ms f" });
      const codes$ = asLetters(talk$).pipe(catchError((error: unknown) => of((error as ProviderError).code)));
      helpers.expectObservable(codes$).toBe("i 9ms (px|)", { i: "i", p: "p", x: "refused" });
    });
  });

  test("bears nine unreadable messages in ten seconds, not ten", () => {
    virtualTime((helpers) => {
      const { talk$ } = overLine(helpers, { server: "(cu) 6ms bbbbbbbbb 10s b 1s bbbbbbbbb" });
      const failure = lost("hostile", "10 unreadable events within 10 s");
      helpers.expectObservable(asLetters(talk$)).toBe("(ir) 6ms iiiiiiiii 10s i 1s iiiiiiii(i#)", undefined, failure);
    });
  });
});

describe("liveness", () => {
  test("idle: asks after 20 s, and gives up 6 s later", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = overLine(helpers, { server: "(cu)" });
      helpers
        .expectObservable(asLetters(talk$))
        .toBe("(ir) 26246ms #", undefined, lost("connection-lost", "no sign of life for 6 s"));
      helpers.flush();
      expect(sent).toEqual(["session.update", "ping"]);
    });
  });

  test("a pong keeps it, and so does any message", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = overLine(helpers, { server: "(cu) 44996ms s", pongs: "21s p" });
      helpers.expectObservable(asLetters(talk$), "^ 60s !").toBe("(ir) 44996ms s");
      helpers.flush();
      expect(sent.filter((type) => type === "ping")).toHaveLength(2);
    });
  });

  test("with a turn open: asks after 3 s, and gives up after 6 s without any sign", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = overLine(helpers, { server: "(cu)", driver: "10s q" });
      helpers
        .expectObservable(asLetters(talk$))
        .toBe("(ir) 15996ms #", undefined, lost("connection-lost", "no sign of life for 6 s"));
      helpers.flush();
      expect(sent).toEqual(["session.update", "response.create", "ping"]);
    });
  });

  test("the turn is over with the reply", () => {
    virtualTime((helpers) => {
      const { talk$ } = overLine(helpers, { server: "(cu) 10996ms d", driver: "10s q" });
      helpers.expectObservable(asLetters(talk$), "^ 30s !").toBe("(ir) 10996ms d");
    });
  });
});

describe("audio", () => {
  const SILENCES = 30;

  test("the gate closes in the middle of speech: silence follows at once", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = overLine(helpers, { server: "(cu) 6ms s", driver: "10ms a-e" });
      helpers.expectObservable(asLetters(talk$), "^ 50ms !").toBe("(ir) 6ms s");
      helpers.flush();
      expect(sent.filter((type) => type === "input_audio_buffer.append")).toHaveLength(1 + SILENCES);
    });
  });

  test.each(["(cu) 6ms s", "(cu) 6ms s 5ms t"])("the gate is cut shut (%s): what has begun is forgotten", (server) => {
    virtualTime((helpers) => {
      const { sent, talk$ } = overLine(helpers, { server, driver: "10ms a 9ms x" });
      helpers.expectObservable(talk$.pipe(ignoreElements()), "^ 50ms !").toBe("-");
      helpers.flush();
      expect(sent.slice(1)).toEqual(["input_audio_buffer.append", "input_audio_buffer.clear"]);
    });
  });

  test("none follows when the server has heard the end", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = overLine(helpers, { server: "(cu) 6ms s 9ms t", driver: "15ms a 19ms e" });
      helpers.expectObservable(asLetters(talk$), "^ 50ms !").toBe("(ir) 6ms s 9ms t");
      helpers.flush();
      expect(sent.filter((type) => type === "input_audio_buffer.append")).toHaveLength(1);
    });
  });

  test("new audio is dropped while the link is behind, and the gap is told", () => {
    virtualTime((helpers) => {
      const behind = [0, MAX_UNSENT_BYTES + 1, MAX_UNSENT_BYTES + 1, MAX_UNSENT_BYTES];
      const unsent = () => behind.shift() ?? 0;
      const { sent, talk$ } = overLine(helpers, { server: "(cu)", driver: "10ms aaaa", unsent });
      helpers
        .expectObservable(
          talk$.pipe(map((event) => ("message" in event ? event.message : letterOf[event.type]))),
          "^ 50ms !",
        )
        .toBe("(ir) 7ms b-c", {
          i: "i",
          r: "r",
          b: "20 ms of microphone audio dropped: the link is too slow",
          c: "40 ms of microphone audio dropped: the link was too slow",
        });
      helpers.flush();
      expect(sent.filter((type) => type === "input_audio_buffer.append")).toHaveLength(2);
    });
  });
});

describe("a server that does not tell when somebody speaks", () => {
  const silent: Provider = {
    ...provider,
    capabilities: { ...provider.capabilities, speechEvents: false, audioEnd: "message" },
    codec: () => ({
      decode: (message) => (message === 1 ? [{ type: "reply-started", replyId: "q" }] : [{ type: "session-ready" }]),
      encode: (command) => [{ type: command.type }],
    }),
  };
  /** Takes any sound for speech, and its end for a pause. */
  const ear: SpeechEar = {
    detect: (frames$) =>
      frames$.pipe(
        map(({ pcm }) => pcm[0] !== 0),
        distinctUntilChanged(),
        filter((isLoud, index) => isLoud || index > 0),
        map((isLoud) =>
          isLoud ? { type: "onset" as const, atMs: 0 } : { type: "offset" as const, atMs: 0, speechMs: 1_000 },
        ),
      ),
  };

  function spoken(helpers: RunHelpers, driver: string, server = "r") {
    const sent: string[] = [];
    const socket: Socket = {
      messages$: helpers.hot(server, { r: "{}", q: "1" }),
      pongs$: NEVER,
      send: (text) => sent.push((JSON.parse(text) as { type: string }).type),
      ping: () => undefined,
      unsentBytes: 0,
    };
    const commands$ = helpers.hot(driver, { ...SAYS, z: audio(0) });
    const talk$ = talk({ provider: silent, spec: SPEC, socket, resampler: { push: (pcm) => pcm }, ear }, commands$);
    return { sent, talk$ };
  }

  test("is heard for: speech is over after a pause, not after a breath", () => {
    virtualTime((helpers) => {
      const { talk$ } = spoken(helpers, "10ms a 19ms z 299ms a 19ms z");
      helpers.expectObservable(asLetters(talk$), "^ 2s !").toBe("r 9ms s 1009ms t");
    });
  });

  test("is told when no more comes, and that ends speech", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = spoken(helpers, "10ms a 99ms e");
      helpers.expectObservable(asLetters(talk$), "^ 2s !").toBe("r 9ms s 99ms t");
      helpers.flush();
      expect(sent).toEqual(["configure", "send-audio", "audio-end"]);
    });
  });

  test("is told after a pause too: the gate shuts then, and it may not have heard the end", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = spoken(helpers, "10ms a 19ms z");
      helpers.expectObservable(asLetters(talk$), "^ 2s !").toBe("r 9ms s 689ms t");
      helpers.flush();
      expect(sent.at(-1)).toBe("audio-end");
    });
  });

  test("whose ear is the quicker answers a speech that has ended", () => {
    virtualTime((helpers) => {
      const { talk$ } = spoken(helpers, "10ms a 19ms z", "r 49ms q");
      helpers.expectObservable(asLetters(talk$), "^ 2s !").toBe("r 9ms s 39ms (tq)");
    });
  });

  test("has not heard the end of what was cut off", () => {
    virtualTime((helpers) => {
      const { sent, talk$ } = spoken(helpers, "10ms a 99ms x");
      helpers.expectObservable(asLetters(talk$), "^ 2s !").toBe("r 9ms s");
      helpers.flush();
      expect(sent.at(-1)).toBe("forget-audio");
    });
  });
});

describe("a server that hangs up with a reason", () => {
  const closing = (events: readonly SessionEvent[]) => {
    const socket: Socket = {
      messages$: throwError(
        () => new ProviderError("connection-lost", "local", "1008", { closed: { code: 1008, reason: "no" } }),
      ),
      pongs$: NEVER,
      send: () => undefined,
      ping: () => undefined,
      unsentBytes: 0,
    };
    const codec: Codec = { decode: () => [], encode: () => [], closed: () => events };
    const strict: Provider = { ...provider, codec: () => codec };
    return talk({ provider: strict, spec: SPEC, socket, resampler: { push: (pcm) => pcm } }, NEVER);
  };
  const meaning = (severity: "fatal" | "retry") =>
    ({ type: "provider-error", code: "key", message: "the key is not accepted", severity }) as const;

  test.for([
    ["that a person must mend is not tried again", [meaning("fatal")], "refused", "local: the key is not accepted"],
    ["that may pass is", [meaning("retry")], "connection-lost", "local: the key is not accepted"],
    ["that says nothing is", [], "connection-lost", "local: 1008"],
  ] as const)("%s", ([, events, code, message]) => {
    const seen: unknown[] = [];
    let failure: unknown;
    closing(events).subscribe({ next: (event) => seen.push(event), error: (error: unknown) => (failure = error) });
    expect(seen).toEqual(events);
    expect(failure).toMatchObject({ code, message });
  });
});
