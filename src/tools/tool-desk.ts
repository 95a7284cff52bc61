import type { TimestampProvider } from "rxjs";
import { commandId } from "../policy/command-id.ts";
import type { ApprovedCommand } from "../policy/command-link.ts";
import { judge, type Verdict } from "../policy/judge.ts";
import { admit, type LimitState, NO_REQUESTS } from "../policy/limits.ts";
import type { Outbox } from "../policy/outbox.ts";
import type { Policy } from "../policy/policy.ts";
import type { Author, VehicleCommand } from "../vehicle/command.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";
import type { CarCatalogue } from "../vehicle/vehicle-bus.ts";
import { callTool, type ToolDependencies } from "./call-tool.ts";
import type { ToolDesk, ToolRequest } from "./run-tools.ts";
import type { Tool } from "./tool.ts";

export interface ToolDeskOptions {
  readonly tools: readonly Tool[];
  readonly policy: Policy;
  readonly outbox: Outbox;
  readonly snapshot: () => VehicleSnapshot;
  readonly catalogue: () => CarCatalogue | undefined;
  /** A UUID made at process start: the same call id after a restart is another command. */
  readonly instance: string;
  /** The seat that the microphone belongs to. */
  readonly seat: Author["seat"];
  readonly onError: (error: unknown) => void;
  /** For the limits. Default: the process's monotonic clock, which does not go back when the car's clock is set. */
  readonly clock?: TimestampProvider;
}

/** Carries calls out: each is judged by the policy as the car is now, held to the limits, and sent by the outbox. */
export function toolDesk(options: ToolDeskOptions): ToolDesk {
  const tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  let requests: LimitState = NO_REQUESTS;

  const judged = (command: VehicleCommand, request: ToolRequest): Verdict => {
    const { seat, policy, snapshot, clock = performance } = options;
    const verdict = judge(command, { vehicle: snapshot(), seat, origin: request.origin }, policy);
    if (verdict.type !== "allow") return verdict;
    const id = idOf(options, request, 0);
    requests = admit(requests, { id, turn: String(request.turn), command, atMs: clock.now() });
    return requests.refusal === undefined ? verdict : { type: "refuse", reason: requests.refusal };
  };
  return {
    carryOut: (request) => callTool(tools.get(request.name), request, dependencies(options, request, judged)),
  } satisfies ToolDesk;
}

function dependencies(
  options: ToolDeskOptions,
  request: ToolRequest,
  judged: (command: VehicleCommand, request: ToolRequest) => Verdict,
): ToolDependencies {
  const { instance, seat, outbox, snapshot, catalogue, onError } = options;
  const author: Author = { agent: instance, seat, turn: String(request.turn), origin: request.origin };
  return {
    snapshot,
    catalogue,
    onError,
    judge: (command) => judged(command, request),
    send: (command: ApprovedCommand, { index }) => {
      const id = idOf(options, request, index);
      return { commandId: id, updates$: outbox.send(command, { id, author }) };
    },
  };
}

function idOf({ instance }: ToolDeskOptions, { session, callId }: ToolRequest, index: number): string {
  return commandId({ instance, session, call: callId, index });
}
