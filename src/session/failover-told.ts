import { nextLog } from "./conversation-log.ts";
import { answeredTurn } from "./driver-turn.ts";
import { type Answering, type Failover, IDLE } from "./failover-model.ts";
import { inward, type Side } from "./failover-sides.ts";
import { nextActivity } from "./quiet.ts";
import { BEGUN } from "./retell.ts";
import type { SessionEvent } from "./session-event.ts";

const SUPERSEDED = { status: "superseded", say: "" };

/** The active side speaks. */
export function told(state: Failover, event: SessionEvent): Failover {
  const turn = answeredTurn(state.turn, event);
  const next: Failover = {
    ...state,
    replyId: replyAfter(state.replyId, event),
    signs: event.type.startsWith("session-") ? state.signs : state.signs + 1,
    turn,
    log: nextLog(state.log, event),
    activity: nextActivity(state.activity, event),
    emit: [...state.emit, event],
  };
  const asks = turn.stage === "waiting" && state.turn.stage !== "waiting";
  return asks ? indebted(next, state.active) : next;
}

function replyAfter(replyId: string | undefined, event: SessionEvent): string | undefined {
  if (event.type === "reply-started") return event.replyId;
  return event.type === "reply-ended" || event.type === "session-lost" ? undefined : replyId;
}

/** What a side is at after this; nobody listens to a reply of one that is not asked, or that is answered already. */
export function followed(state: Failover, side: Side, event: SessionEvent): Failover {
  if (event.type === "session-ready" || event.type === "session-lost") return withAnswering(state, side, IDLE);
  const { replyId, owes, void: left } = state.answering[side];
  if (event.type === "reply-started") {
    const muted = left > 0 || (side !== state.active && state.race === undefined);
    return withAnswering(state, side, {
      replyId: event.replyId,
      muted,
      owes: Math.max(0, owes - 1),
      void: Math.max(0, left - 1),
    });
  }
  const isOver = event.type === "reply-ended" && event.replyId === replyId;
  return isOver ? withAnswering(state, side, { replyId: undefined, muted: false }) : state;
}

/** The side has been asked something. */
export function indebted(state: Failover, side: Side): Failover {
  return withAnswering(state, side, { owes: state.answering[side].owes + 1 });
}

export function withAnswering(state: Failover, side: Side, change: Partial<Answering>): Failover {
  return { ...state, answering: { ...state.answering, [side]: { ...state.answering[side], ...change } } };
}

/** Who does not have the conversation is not to act in it. */
export function intruded(state: Failover, side: Side, event: SessionEvent): Failover {
  switch (event.type) {
    case "reply-started":
      return { ...state, send: [...state.send, [side, { type: "cancel-reply", replyId: event.replyId }]] };
    case "tool-call": {
      const { callId } = event;
      return { ...state, send: [...state.send, [side, { type: "tool-result", callId, output: SUPERSEDED }]] };
    }
    default:
      return state;
  }
}

/** The other side goes on: this one's reply is ended, what it waits for answered, and what it owes is for nobody. */
export function silenced(state: Failover, side: Side): Failover {
  const { replyId, muted, owes, void: left } = state.answering[side];
  const cancels: Failover["send"] = replyId === undefined || muted ? [] : [[side, { type: "cancel-reply", replyId }]];
  const open = side === state.active ? state.activity.openCalls : [];
  const results = open.map((callId) => inward({ type: "tool-result", callId, output: BEGUN }));
  const next: Failover = { ...state, send: [...state.send, ...results, ...cancels] };
  return withAnswering(next, side, { muted: replyId !== undefined, owes: 0, void: owes + left });
}
