import type { Observable } from "rxjs";
import type { Brand } from "../shared/brand.ts";
import type { Author, CommandUpdate, VehicleCommand } from "../vehicle/command.ts";

/** A command the policy has passed. Only `src/policy` makes one. */
export type ApprovedCommand = Brand<VehicleCommand, "approved">;

/** An approved command with its identity: what goes on the wire, as often as needed, always under the same `id`. */
export interface CommandMessage {
  readonly id: string;
  readonly command: ApprovedCommand;
  readonly author: Author;
  readonly deadlineMs: number;
}

/** The writing side of the car. The outbox is its only user; an adapter adds nothing but the wire. */
export interface CommandLink {
  /** Publishes once, at most once (QoS and resends are the outbox's business). Never throws; a dead link drops it. */
  publish(message: CommandMessage, remainingMs: number): void;
  /** The car's answers to this client, already parsed. What does not parse is counted and dropped by the adapter. */
  readonly updates$: Observable<CommandUpdate>;
  /** False while the broker or the gateway is away: the outbox then waits instead of publishing. */
  readonly ready$: Observable<boolean>;
}
