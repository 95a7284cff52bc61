import { ask, type Rule, refuse } from "../rule.ts";

/** What opens the car needs somebody in it who asks aloud: the driver, or the front passenger after a yes. */
export const driversVoice: Rule = (_action, { origin, speaker }) => {
  if (origin !== "voice") return refuse("I only do that when you ask me aloud.");
  if (speaker === "driver") return undefined;
  return speaker === "passenger" ? ask("Does the driver agree?") : refuse("I only do that for the driver.");
};
