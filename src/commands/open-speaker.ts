import { catchError } from "rxjs";

import { AudioDeviceError } from "../audio/audio-device-error.ts";
import { nullSpeaker } from "../audio/null-speaker.ts";
import type { Speaker } from "../audio/speaker.ts";
import { speakerDevice } from "../audio/speaker-device.ts";
import type { Config } from "../config/schema.ts";

const SILENT = "The replies are not audible.";

/**
 * The speaker that the configuration asks for. `auto` does without one where there is none, and says so once; `device`
 * insists on it.
 */
export function openSpeaker(kind: Config["audio"]["speaker"], notice: (text: string) => void): Speaker {
  switch (kind) {
    case "none":
      return nullSpeaker();
    case "device":
      return speakerDevice();
    case "auto":
      return speakerDevice().pipe(
        catchError((error: unknown) => {
          if (!(error instanceof AudioDeviceError)) throw error;
          notice(error.code === "lost" ? `${error.message} ${SILENT}` : `No sound card here. ${SILENT}`);
          return nullSpeaker();
        }),
      );
  }
}
