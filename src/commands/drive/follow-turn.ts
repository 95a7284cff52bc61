import type { DriverEvent } from "../../../vehicle-sim/driver/sound.ts";
import type { ScenarioTurn } from "../../../vehicle-sim/scenario.ts";
import type { AgentEvent } from "../../observability/agent-event.ts";
import { addToReports, type TurnReport } from "../../observability/turn-report.ts";

/** What has come of one sentence of the driver so far. */
export interface Follow {
  readonly reports: readonly TurnReport[];
  readonly saidAtMs: number | undefined;
  readonly over: boolean;
}

export const BEFORE: Follow = { reports: [], saidAtMs: undefined, over: false };

/** `ignored`: nothing came of what was said. `spoken-over`: the driver does not wait for the end of the reply. */
export type FollowInput = AgentEvent | DriverEvent | { readonly type: "ignored" | "spoken-over" | "tick" };

/** Whether a turn without a wake is ours is known by its being newer. */
export function follow({ wake = true }: ScenarioTurn): (state: Follow, event: FollowInput) => Follow {
  const isOurs = ({ woke }: TurnReport): boolean => woke || !wake;
  return (state, event) => {
    switch (event.type) {
      case "said":
        return { ...state, saidAtMs: event.endOfSpeechAtMs };
      case "says":
      case "tick":
        return state;
      case "ignored":
        return { ...state, over: !state.reports.some(isOurs) };
      case "spoken-over":
        return { ...state, over: true };
      default: {
        const reports = addToReports(state.reports, event);
        const ended = event.type === "turn-ended" && reports.find(({ turn }) => turn === event.turn);
        return {
          ...state,
          reports,
          over: ended !== undefined && ended !== false && isOurs(ended) && state.saidAtMs !== undefined,
        };
      }
    }
  };
}
