import type { Observable } from "rxjs";

export interface Connection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An open line to a model. Messages are whole; nothing here knows what they mean. */
export interface Socket {
  /** Errors with `ProviderError` when the line breaks, completes when the other side hangs up. */
  readonly messages$: Observable<Uint8Array | string>;
  readonly pongs$: Observable<unknown>;
  /** Sent in order. Never throws; a closed line drops it. */
  send(text: string): void;
  ping(): void;
  /** Bytes handed over and not yet on the wire. */
  readonly unsentBytes: number;
  /** What the server calls this line, where its answer to the upgrade says so. */
  readonly trace?: string | undefined;
}

export interface Dialer {
  /** Opens a line on subscription, emits it once, hangs up on unsubscription. Errors with `ProviderError`. */
  dial(connection: Connection, provider: string): Observable<Socket>;
}
