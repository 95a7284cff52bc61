import type { Config } from "../config/schema.ts";
import { openWakeWord, type WakeWordDetector } from "../wake/wake-word.ts";

/** The wake word that the configuration names, as sensitive as it says. */
export function openWakeDetector({ wake: { word, threshold } }: Config): Promise<WakeWordDetector> {
  return openWakeWord({ word, ...(threshold !== undefined && { threshold }) });
}
