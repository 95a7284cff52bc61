import { quiet } from "../../audio/frames.ts";
import type { VoiceModel } from "../../engine/hear/silero.ts";
import { FRAME_SAMPLES } from "../../engine/hear/voice-activity.ts";

/** A voice activity model that one session has to itself. */
export interface LentVoice {
  readonly judge: VoiceModel;
  giveBack(): void;
}

/** After a third of a second of quiet the model has forgotten what it heard. */
const FORGETTING_FRAMES = 10;

/** Lends models, as many as there are sessions at once: a model cannot be unloaded. Resolves when the first can hear. */
export async function lendVoices(open: () => Promise<VoiceModel>): Promise<() => Promise<LentVoice>> {
  const idle = [await open()];
  return async () => {
    const judge = idle.pop() ?? (await open());
    for (let count = 0; count < FORGETTING_FRAMES; count++) await judge(quiet(FRAME_SAMPLES));
    return { judge, giveBack: () => void idle.push(judge) };
  };
}
