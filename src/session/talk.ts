import {
  connect,
  EMPTY,
  ignoreElements,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  scan,
  share,
  tap,
} from "rxjs";

import { MIC_RATE_HZ } from "../audio/audio-frame.ts";
import type { Resampler } from "../audio/resample.ts";
import { flat } from "../shared/flat.ts";
import { parseJson } from "../shared/json-limits.ts";
import { audioFeed } from "./audio-feed.ts";
import { explainHangUp } from "./hang-up.ts";
import type { LinkCommand } from "./link-command.ts";
import { audioDropped } from "./link-event.ts";
import { liveness, turnOpen } from "./liveness.ts";
import { localSpeech, type SpeechEar } from "./local-speech.ts";
import type { Codec, Provider, ProviderCommand } from "./provider.ts";
import { ProviderError } from "./provider-error.ts";
import { readyInTime, tolerant } from "./server-conduct.ts";
import type { SessionSpec } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";
import type { Socket } from "./socket.ts";

/** Past this much unsent data (about 4 s of speech) the link is too slow to converse over, and old audio only adds delay. */
export const MAX_UNSENT_BYTES = 256 * 1024;

/** What one conversation over one open socket needs. */
export interface Talk {
  readonly provider: Provider;
  readonly spec: SessionSpec;
  readonly socket: Socket;
  /** From the microphone's rate to the provider's. */
  readonly resampler: Pick<Resampler, "push">;
  /** The server's own name for the conversation that is to go on. */
  readonly handle?: string | undefined;
  readonly ear?: SpeechEar | undefined;
}

/** Configures the session, then translates both ways. Errors with `ProviderError` when the other side falls silent or rude. */
export function talk(
  { provider, spec, socket, resampler, handle, ear }: Talk,
  commands$: Observable<LinkCommand>,
): Observable<SessionEvent> {
  const codec = provider.codec();
  const write = (command: ProviderCommand): void => {
    for (const message of codec.encode(command)) socket.send(JSON.stringify(message));
  };
  const configure = (): void => write({ type: "configure", spec, ...(handle !== undefined && { handle }) });
  const events$ = socket.messages$.pipe(
    tap({
      subscribe: () => {
        if (!provider.capabilities.greets) configure();
      },
    }),
    flat((raw, index) => {
      if (index === 0 && provider.capabilities.greets) configure();
      return decode(codec, raw).map((event) => traced(event, socket));
    }),
    explainHangUp(codec, provider.name),
    tolerant(provider.name),
    readyInTime(provider.name),
  );
  const said$ = commands$.pipe(share());
  const hears = ear !== undefined && !provider.capabilities.speechEvents;
  return events$.pipe(
    connect((server$) =>
      // The end of speech comes before the answer to it.
      merge(hears ? localSpeech(said$, server$, ear) : EMPTY, server$).pipe(
        connect((heard$) =>
          merge(
            // Hears of the end of speech before the gate does, which shuts at once and says that it cut something off.
            audioFeed(said$, heard$, provider.capabilities).pipe(sent(socket, resampler, write)),
            heard$,
            liveness(merge(server$, socket.pongs$), turnOpen(said$, heard$)).pipe(kept(socket, provider.name)),
          ),
        ),
      ),
    ),
  );
}

function decode(codec: Codec, raw: Uint8Array | string): readonly SessionEvent[] {
  const parsed = parseJson(raw);
  return parsed.ok ? codec.decode(parsed.value) : [{ type: "ignored", wireType: "", problem: parsed.problem }];
}

/** Session and line have names of their own over there: whoever asks the vendor for help needs both. */
function traced(event: SessionEvent, { trace }: Socket): SessionEvent {
  if (event.type !== "session-ready" || trace === undefined) return event;
  return { ...event, trace: event.trace === undefined ? trace : `${event.trace} ${trace}` };
}

/** Sends, and drops new audio while the link is behind. A gap is told when it begins and, with its length, when it ends. */
function sent(
  socket: Socket,
  resampler: Talk["resampler"],
  write: (command: ProviderCommand) => void,
): OperatorFunction<ProviderCommand, SessionEvent> {
  return (commands$) =>
    commands$.pipe(
      map((command) => ({ command, dropped: command.type === "send-audio" && socket.unsentBytes > MAX_UNSENT_BYTES })),
      tap(({ command, dropped }) => {
        if (!dropped) write(command.type === "send-audio" ? { ...command, pcm: resampler.push(command.pcm) } : command);
      }),
      scan(nextGap, NO_GAP),
      flat(({ report }) => report),
    );
}

interface Gap {
  readonly ms: number;
  readonly report: readonly SessionEvent[];
}

const NO_GAP: Gap = { ms: 0, report: [] };

function nextGap({ ms }: Gap, { command, dropped }: { command: ProviderCommand; dropped: boolean }): Gap {
  if (command.type !== "send-audio") return { ms, report: [] };
  const frameMs = (command.pcm.length * 1_000) / MIC_RATE_HZ;
  if (dropped) return { ms: ms + frameMs, report: ms === 0 ? [audioDropped(frameMs, "the link is too slow")] : [] };
  return { ms: 0, report: ms === 0 ? [] : [audioDropped(ms, "the link was too slow")] };
}

/** Asks for signs of life, and gives the link up when there are none. Emits nothing. */
function kept(socket: Socket, provider: string): OperatorFunction<"ask" | "dead", never> {
  return (pulse$) =>
    pulse$.pipe(
      tap((pulse) => {
        if (pulse === "dead") throw new ProviderError("connection-lost", provider, "no sign of life for 6 s");
        socket.ping();
      }),
      ignoreElements(),
    );
}
