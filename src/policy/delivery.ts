import type { CommandErrorCode, CommandPhase, CommandUpdate } from "../vehicle/command.ts";

/** One command on its way, from the first publish to its one final answer. */
export interface Delivery {
  readonly id: string;
  /** False for effects that must not happen twice even when the gateway has forgotten the first: dial, send, pay. */
  readonly repeatable: boolean;
  /** `asking`: resend. `answered`: the car has it, wait. `over`: the final answer is out. */
  readonly stage: "asking" | "answered" | "over";
  readonly published: boolean;
  readonly heard: boolean;
  readonly instance?: string;
  /** The gateway is still that instance: nothing to the contrary can have happened unheard. */
  readonly confirmed: boolean;
  /** What this step asks of the world. */
  readonly publish: boolean;
  readonly updates: readonly CommandUpdate[];
}

export type DeliveryEvent =
  /** The link stands, and it is time to send if sending is needed. */
  | { readonly type: "turn" }
  | { readonly type: "away" }
  /** The link came back: an answer may have been lost with it. */
  | { readonly type: "reconnected" }
  | { readonly type: "gateway"; readonly instance: string }
  | { readonly type: "answer"; readonly update: CommandUpdate }
  | { readonly type: "deadline" }
  | { readonly type: "link-broken"; readonly detail: string }
  | { readonly type: "stopped" };

export function newDelivery(id: string, repeatable: boolean): Delivery {
  return {
    id,
    repeatable,
    stage: "asking",
    published: false,
    heard: false,
    confirmed: true,
    publish: false,
    updates: [],
  };
}

/** Pure. After the final update nothing more comes out, whatever happens. */
export function nextDelivery(previous: Delivery, event: DeliveryEvent): Delivery {
  const state: Delivery = { ...previous, publish: false, updates: [] };
  if (state.stage === "over") return state;
  switch (event.type) {
    case "turn":
      return state.stage === "asking" && mayPublish(state) ? { ...state, publish: true, published: true } : state;
    case "away":
      return { ...state, confirmed: false };
    case "reconnected":
      return { ...state, stage: "asking" };
    case "gateway":
      return gatewayIs(state, event.instance);
    case "answer":
      return answered(state, event.update);
    case "deadline":
      return end(state, "timeout", "TIMEOUT", whyLate(state), !state.published);
    case "link-broken":
      return end(state, "failed", "UNAVAILABLE", `the link to the car broke: ${event.detail}`, !state.published);
    case "stopped":
      return end(state, "failed", "UNAVAILABLE", "the agent is stopping", false);
  }
}

/** A gateway that is still the same one knows the id and answers again without doing it again. */
const mayPublish = ({ repeatable, published, confirmed }: Delivery): boolean => repeatable || !published || confirmed;

function gatewayIs(state: Delivery, instance: string): Delivery {
  const restarted = state.instance !== undefined && state.instance !== instance;
  if (!restarted || !state.published) return { ...state, instance, confirmed: true };
  if (state.repeatable) return { ...state, instance, confirmed: true, stage: "asking" };
  const detail = "the car restarted after this was sent; whether it was done is not known, and it is not sent again";
  return end(state, "failed", "UNAVAILABLE", detail, false);
}

function answered(state: Delivery, update: CommandUpdate): Delivery {
  if (update.final) return { ...state, stage: "over", updates: [update] };
  // A doubled or overtaken `accepted` says nothing new.
  const news = update.phase !== "accepted" || !state.heard;
  return { ...state, stage: "answered", heard: true, updates: news ? [update] : [] };
}

function whyLate({ published, heard }: Delivery): string {
  if (!published) return "it was never sent: the car could not be reached in time";
  return heard ? "the car took it on but did not finish in time" : "the car did not answer in time";
}

function end(
  state: Delivery,
  phase: CommandPhase,
  code: CommandErrorCode,
  detail: string,
  retryable: boolean,
): Delivery {
  const update: CommandUpdate = { id: state.id, phase, final: true, error: { code, detail, retryable } };
  return { ...state, stage: "over", updates: [update] };
}
