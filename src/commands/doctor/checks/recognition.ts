import type { Configured } from "../check.ts";
import { type Finding, failed, mistaken, ok, reasonOf, warn } from "../finding.ts";

const BETTER = "The 16 kHz model hears better: `sudo apt-get install pocketsphinx-en-us`.";

/** What the embedded engine hears with. */
export async function recognition(
  scene: Pick<Configured, "config" | "acousticModel" | "voiceActivity">,
): Promise<Finding> {
  const { config, acousticModel, voiceActivity } = scene;
  const wanted = config.model.acousticModel;
  try {
    await voiceActivity();
  } catch (error) {
    return failed(`Silero VAD cannot be loaded: ${reasonOf(error)}`, "Put the packages back: `npm ci`.");
  }
  try {
    const { name, bundled } = acousticModel(config);
    return bundled && wanted === "auto" ? warn(name, BETTER) : ok(name);
  } catch (error) {
    if (wanted === "auto" || wanted === "bundled") return failed(error, "Put the packages back: `npm ci`.");
    return mistaken(reasonOf(error), "Correct model.acousticModel, or leave it out: `auto` takes the best there is.");
  }
}
