import { EMPTY, filter, firstValueFrom, map, NEVER, Observable, of, Subject, share, take, tap, timer } from "rxjs";

import { type AudioFrame, FRAME_SAMPLES } from "../../src/audio/audio-frame.ts";
import { playback } from "../../src/audio/playback.ts";
import type { Speaker } from "../../src/audio/speaker.ts";
import { compose, type Ports, type Settings } from "../../src/compose.ts";
import type { AgentEvent } from "../../src/observability/agent-event.ts";
import { openAi } from "../../src/providers/openai.ts";
import { converse } from "../../src/session/converse.ts";
import type { Provider } from "../../src/session/provider.ts";
import { CLOUD_BACKOFF, LOOPBACK_BACKOFF } from "../../src/shared/backoff.ts";
import type { ToolEvent } from "../../src/tools/tool-event.ts";
import type { WakeWordDetector } from "../../src/wake/wake-word.ts";
import { playbackCommands } from "../../src/wiring/playback-commands.ts";
import { SPEC } from "../../test/support/session.ts";
import type { ClientOptions, OpenClient, RealtimeClient } from "./realtime-client.ts";
import { openSink, type Sink } from "./realtime-sink.ts";

const provider = ({ url }: ClientOptions): Provider => openAi({ apiKey: "bench", url, vad: "server" });

/** The conversation core and nothing else: replies are counted as they leave it. */
export const openCodriverSession: OpenClient = async (options) => {
  const sink = openSink({ pace: "fast" });
  const backoff = options.cloudBackoff === true ? CLOUD_BACKOFF : LOOPBACK_BACKOFF;
  const events$ = converse(provider(options), SPEC, NEVER, { backoff }).pipe(
    tap((event) => {
      if (event.type === "reply-audio") sink.write(event.pcm);
    }),
    share(),
  );
  const running = events$.subscribe();
  // A server that hangs up at once never lets it become ready.
  if (options.cloudBackoff === undefined) await ready(events$);
  return {
    hear: () => undefined,
    takeWord: () => undefined,
    sink: () => sink.log(),
    close: () => running.unsubscribe(),
  };
};

/** The core, and playback as the agent has it. */
export const openCodriverPlayback: OpenClient = async (options) => {
  const sink = openSink({ pace: "fast" });
  const events$ = converse(provider(options), SPEC, NEVER).pipe(share());
  const running = events$.pipe(playbackCommands(), playback({ device: sink, pace: options.pace })).subscribe();
  await ready(events$);
  return {
    hear: () => undefined,
    takeWord: () => undefined,
    sink: () => sink.log(),
    close: () => running.unsubscribe(),
  };
};

/** The whole agent, with a wake word that is told when to hear itself and a car that answers in its own time. */
export const openCodriver: OpenClient = (options) => openAgent(options);

/** The same, connected to something else as well, and listened to. */
export async function openAgent(
  options: ClientOptions,
  others: Partial<Ports> = {},
  onEvent: (event: AgentEvent) => void = () => undefined,
): Promise<RealtimeClient> {
  const sink = openSink(options);
  const frames$ = new Subject<AudioFrame>();
  const wakes$ = new Subject<number>();
  const agent$ = compose({ ...ports(options, sink, frames$, wakes$), ...others }, settings(options)).pipe(share());
  const running = agent$.subscribe(onEvent);
  await ready(agent$);
  return {
    hear: (mark) => frames$.next({ pcm: new Int16Array(FRAME_SAMPLES).fill(mark), capturedAt: performance.now() }),
    takeWord: () => wakes$.next(performance.now()),
    sink: () => sink.log(),
    close: () => running.unsubscribe(),
  };
}

function ports(options: ClientOptions, sink: Sink, frames$: Observable<AudioFrame>, wakes$: Observable<number>): Ports {
  const wakeWord: WakeWordDetector = {
    detect: () => wakes$.pipe(map((atMs) => ({ word: "jarvis", score: 1, atMs }))),
    caughtUp: () => Promise.resolve(),
    stats: () => ({ judgedMs: 0, droppedMs: 0, backlogMs: 0 }),
    close: () => undefined,
  };
  const speaker$: Speaker = new Observable((subscriber) => subscriber.next(sink));
  return {
    microphone: { name: "driver", frames$ },
    wakeWord,
    provider: provider(options),
    speaker$,
    desk: {
      carryOut: ({ callId }) =>
        timer(options.toolMs ?? 0).pipe(
          map((): ToolEvent => ({ type: "result", result: { status: "done", say: `done ${callId}` } })),
        ),
      confirmed: () => of(),
    },
    context$: EMPTY,
    typed$: EMPTY,
    answerEar: { prepare: () => EMPTY, listen: () => NEVER },
  };
}

function settings({ pace }: ClientOptions): Settings {
  return { session: SPEC, gate: { preRollFrames: 0, maxOpenMs: 60_000 }, followUpMs: 0, offlineNotice: "", pace };
}

async function ready(events$: Observable<{ readonly type: string }>): Promise<void> {
  const ready$ = events$.pipe(
    filter(({ type }) => type === "session-ready" || type === "ready"),
    take(1),
  );
  await firstValueFrom(ready$, { defaultValue: undefined });
}
