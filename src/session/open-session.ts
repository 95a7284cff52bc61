import { catchError, defer, finalize, Observable, switchMap } from "rxjs";
import { WebSocket } from "ws";

import { MIC_RATE_HZ } from "../audio/audio-frame.ts";
import { createResampler } from "../audio/resample.ts";
import type { LinkCommand } from "./link-command.ts";
import type { SpeechEar } from "./local-speech.ts";
import type { Provider } from "./provider.ts";
import { type HangUp, ProviderError } from "./provider-error.ts";
import { type Line, responseGate } from "./response-gate.ts";
import type { SessionSpec } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";
import type { Dialer, Socket } from "./socket.ts";
import { talk } from "./talk.ts";
import { refusalOf } from "./upgrade-refusal.ts";

export interface SessionOptions {
  /** How to reach the server; a WebSocket unless the provider brings its own way. */
  readonly dialer?: Dialer;
  /** The server's own name for the conversation that is to go on. */
  readonly handle?: string;
  /** Hears the driver in place of a server that does not tell when they speak. */
  readonly ear?: SpeechEar;
}

/**
 * One conversation over one socket. Subscribing connects; unsubscribing hangs up. Commands wait until the session
 * is ready (`hold-commands.ts` says which and how many) and pass the response gate. Errors with `ProviderError` when
 * the conversation is over; compose `reconnecting` around it: every subscription is a new connection.
 */
export function openSession(
  provider: Provider,
  spec: SessionSpec,
  commands$: Observable<LinkCommand>,
  { dialer = provider.dialer ?? webSockets, handle, ear }: SessionOptions = {},
): Observable<SessionEvent> {
  const { inputRateHz } = provider.capabilities;
  const line: Line = {
    open: (passed$) =>
      defer(() => createResampler(MIC_RATE_HZ, inputRateHz)).pipe(
        switchMap((resampler) =>
          dialEither(provider, dialer).pipe(
            switchMap((socket) => talk({ provider, spec, socket, resampler, handle, ear }, passed$)),
            finalize(() => resampler.close()),
          ),
        ),
      ),
  };
  return responseGate(commands$, line, provider.capabilities);
}

/** A server that does not know the first spelling of a model may know the other. */
function dialEither(provider: Provider, dialer: Dialer): Observable<Socket> {
  return dialer.dial(provider.connection(), provider.name).pipe(
    catchError((error: unknown) => {
      const unknownModel = error instanceof ProviderError && (error.status === 400 || error.status === 404);
      const other = unknownModel ? provider.fallback?.() : undefined;
      if (other === undefined) throw error;
      return dialer.dial(other, provider.name);
    }),
  );
}

const LIMITS = {
  maxPayload: 1024 * 1024,
  maxFragments: 1_024,
  perMessageDeflate: false,
  handshakeTimeout: 5_000,
  followRedirects: false,
  closeTimeout: 1_000,
};

/** A WebSocket with the limits that a stranger needs. */
export const webSockets: Dialer = {
  dial: ({ url, headers }, provider) =>
    new Observable((subscriber) => {
      const socket = new WebSocket(url, { ...LIMITS, headers });
      let trace: string | undefined;
      socket.on("upgrade", ({ headers }) => {
        trace = [headers["x-trace-id"] ?? headers["x-request-id"]].flat()[0]?.slice(0, 128);
      });
      socket.on("open", () => subscriber.next(socketOf(socket, provider, trace)));
      socket.on("unexpected-response", (_request, response) => {
        subscriber.error(refusalOf(provider, url, response.statusCode ?? 0, response.headers["retry-after"]));
      });
      // After the end this listener only keeps a late error from being thrown.
      socket.on("error", (cause) => subscriber.error(failureOf(provider, url, cause)));
      return () => {
        if (socket.readyState === WebSocket.OPEN) socket.close(1000);
        else socket.terminate();
      };
    }),
};

function socketOf(socket: WebSocket, provider: string, trace: string | undefined): Socket {
  return {
    trace,
    messages$: new Observable((subscriber) => {
      // `ws` hands over a Buffer unless its binaryType is changed.
      const onMessage = (data: unknown): void => subscriber.next(data as Buffer);
      const onClose = (code: number, said: Buffer): void => {
        const closed = { code, reason: said.toString("utf8") };
        subscriber.error(new ProviderError("connection-lost", provider, hungUp(closed), { closed }));
      };
      socket.on("message", onMessage).on("close", onClose);
      return () => socket.off("message", onMessage).off("close", onClose);
    }),
    pongs$: new Observable((subscriber) => {
      const onPong = (): void => subscriber.next(undefined);
      socket.on("pong", onPong);
      return () => socket.off("pong", onPong);
    }),
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    ping: () => {
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    },
    get unsentBytes() {
      return socket.bufferedAmount;
    },
  };
}

function hungUp({ code, reason }: HangUp): string {
  return `the server hung up (code ${code}${reason === "" ? "" : `: ${reason}`})`;
}

function failureOf(provider: string, url: string, cause: Error): ProviderError {
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (code.startsWith("WS_ERR_")) {
    return new ProviderError("hostile", provider, `broke the WebSocket limits: ${cause.message}`, { cause });
  }
  const { host } = new URL(url);
  return new ProviderError("connection-failed", provider, `cannot reach ${host}: ${cause.message || code}`, { cause });
}
