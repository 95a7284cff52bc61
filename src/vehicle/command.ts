import type { SignalPath, SignalValue } from "./signal.ts";

/** One write. Values are absolute; `if` makes it conditional on the present value. */
export interface SetOperation {
  readonly path: SignalPath;
  readonly value: SignalValue;
  readonly if?: { readonly value: SignalValue };
}

/** `wait: "accepted"` is for things slower than 2 s: the model hears back when the car starts, not when it has finished. */
export interface CommandTiming {
  readonly wait?: "accepted" | "done";
  /** How long the car may take to its final answer, in milliseconds (default 5,000, at most 30,000). */
  readonly deadlineMs?: number;
}

export interface SetSignals extends CommandTiming {
  readonly type: "set-signals";
  readonly ops: readonly SetOperation[];
}

export interface CallService extends CommandTiming {
  readonly type: "call-service";
  /** `domain.action`, for example `nav.start`; travels on `cmd/{domain}/{action}`. */
  readonly service: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What we ask of the car. */
export type VehicleCommand = SetSignals | CallService;

/** Who asks: sent along so that the gateway can judge for itself. */
export interface Author {
  readonly agent: string;
  /** The seat that spoke: `Row1.DriverSide`, `Row1.PassengerSide`, … or `unknown`. */
  readonly seat: string;
  readonly turn: string;
  readonly origin: "voice" | "hmi" | "app" | "test";
  /** The policy's nonce, when the driver confirmed this very command. */
  readonly confirmed?: string;
}

/** The error words of the vehicle contract. */
export const COMMAND_ERRORS = [
  "BAD_REQUEST",
  "TYPE_MISMATCH",
  "OUT_OF_RANGE",
  "NOT_FOUND",
  "NOT_SUPPORTED",
  "READ_ONLY",
  "FORBIDDEN",
  "PRECONDITION_FAILED",
  "CONFIRM_REQUIRED",
  "CONFLICT",
  "BUSY",
  "UNAVAILABLE",
  "TIMEOUT",
  "EXPIRED",
  "OBSTRUCTED",
  "FAULT",
  "INTERNAL",
] as const;
export type CommandErrorCode = (typeof COMMAND_ERRORS)[number];

export const COMMAND_PHASES = ["accepted", "progress", "done", "failed", "rejected", "cancelled", "timeout"] as const;
export type CommandPhase = (typeof COMMAND_PHASES)[number];

export interface OperationState {
  readonly path: SignalPath;
  readonly value: SignalValue;
  readonly target?: SignalValue;
}

/** One answer of the car to one command. Every command has any number of phases and exactly one that is `final`. */
export interface CommandUpdate {
  readonly id: string;
  readonly phase: CommandPhase;
  readonly final: boolean;
  readonly ops?: readonly OperationState[];
  /** What else changed because of it (defrost raised the fan). */
  readonly effects?: readonly OperationState[];
  /** What a service answered. */
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: CommandErrorCode;
    readonly detail: string;
    readonly retryable?: boolean;
    /** A key of a sentence the driver understands, for example `not_while_driving`. */
    readonly say?: string;
  };
}
