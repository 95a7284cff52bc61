import type { Rule } from "../rule.ts";
import { clearView } from "./clear-view.ts";
import { driversVoice } from "./drivers-voice.ts";
import { emptySeatHeat } from "./empty-seat-heat.ts";
import { othersComfort } from "./others-comfort.ts";
import { passengersRoute } from "./passengers-route.ts";
import { wideWindow } from "./wide-window.ts";

/** What the table cannot say. Rows name these. */
export const RULES = {
  "clear-view": clearView,
  "drivers-voice": driversVoice,
  "empty-seat-heat": emptySeatHeat,
  "others-comfort": othersComfort,
  "passengers-route": passengersRoute,
  "wide-window": wideWindow,
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];
