import { defer, map, type TimestampProvider } from "rxjs";
import { commandId } from "../policy/command-id.ts";
import type { ApprovedCommand } from "../policy/command-link.ts";
import { type Confirmation, confirm, judge, type Verdict } from "../policy/judge.ts";
import { admit, type LimitState, NO_REQUESTS } from "../policy/limits.ts";
import type { Outbox } from "../policy/outbox.ts";
import type { Policy } from "../policy/policy.ts";
import type { Author, VehicleCommand } from "../vehicle/command.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";
import type { CarCatalogue } from "../vehicle/vehicle-bus.ts";
import { callMemories } from "./call-memory.ts";
import { callTool, runPending, type ToolDependencies } from "./call-tool.ts";
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

/**
 * Carries calls out: each is judged by the policy as the car is now, held to the limits, and sent by the outbox. Of the
 * calls of one turn the driver is asked about one: a yes to two questions would be a yes to neither.
 */
export function toolDesk(deskOptions: ToolDeskOptions): ToolDesk {
  const options = { ...deskOptions, memories: callMemories() };
  const tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  let requests: LimitState = NO_REQUESTS;
  let askedIn: number | undefined;

  const judged = (command: VehicleCommand, request: ToolRequest, confirmed?: Confirmation): Verdict => {
    const { seat, policy, snapshot, clock = performance } = options;
    const context = { vehicle: snapshot(), seat, origin: request.origin, ...(confirmed && { confirmed }) };
    const verdict = judge(command, context, policy);
    if (verdict.type === "ask") {
      const isSecond = askedIn === request.turn;
      askedIn = request.turn;
      return isSecond ? { type: "refuse", reason: ONE_QUESTION } : verdict;
    }
    if (verdict.type === "refuse") return verdict;
    const id = idOf(options, request, 0);
    requests = admit(requests, { id, turn: String(request.turn), command, atMs: clock.now() });
    return requests.refusal === undefined ? verdict : { type: "refuse", reason: requests.refusal };
  };
  return {
    carryOut: (request) => callTool(tools.get(request.name), request, dependencies(options, request, judged)),
    confirmed: ({ request, question, pending }) =>
      defer(() => {
        const confirmed = confirm(pending.command, question);
        return runPending(pending, request, dependencies(options, request, judged, confirmed)).pipe(
          map((event) => (event.type === "result" ? ({ ...event, type: "outcome" } as const) : event)),
        );
      }),
  } satisfies ToolDesk;
}

const ONE_QUESTION = "I can only ask about one thing at a time: please ask me for that again.";

type Judged = (command: VehicleCommand, request: ToolRequest, confirmed?: Confirmation) => Verdict;

function dependencies(
  options: ToolDeskOptions & { readonly memories: ReturnType<typeof callMemories> },
  request: ToolRequest,
  judged: Judged,
  confirmed?: Confirmation,
): ToolDependencies {
  const { instance, seat, outbox, snapshot, catalogue, onError, memories } = options;
  const by = { agent: instance, seat, turn: String(request.turn), origin: request.origin };
  const author: Author = { ...by, ...(confirmed && { confirmed: confirmed.nonce }) };
  return {
    snapshot,
    catalogue,
    memory: memories(request.session),
    onError,
    judge: (command) => judged(command, request, confirmed),
    send: (command: ApprovedCommand, { index }) => {
      const id = idOf(options, request, index);
      return { commandId: id, updates$: outbox.send(command, { id, author }) };
    },
  };
}

function idOf({ instance }: ToolDeskOptions, { session, callId }: ToolRequest, index: number): string {
  return commandId({ instance, session, call: callId, index });
}
