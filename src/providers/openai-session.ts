import type { SessionSpec } from "../session/session-command.ts";

/** How the server decides that the driver has finished: by what was said, or by a pause alone. */
export type OpenAiVad = "semantic" | "server";

/** Those of the documentation. Voices of one's own have ids that begin with `voice_`. */
const VOICES: ReadonlySet<string> = new Set("alloy ash ballad coral echo sage shimmer verse marin cedar".split(" "));
const DEFAULT_VOICE = "marin";

const FORMAT = { type: "audio/pcm", rate: 24_000 };
/** The longest reply, in tokens; about 50 s of speech. */
const MAX_OUTPUT_TOKENS = 1_024;

/** `session` of a `session.update`. */
export function sessionObject(spec: SessionSpec, model: string, vad: OpenAiVad): Readonly<Record<string, unknown>> {
  return {
    type: "realtime",
    model,
    output_modalities: ["audio"],
    instructions: spec.instructions,
    audio: {
      input: {
        format: FORMAT,
        noise_reduction: { type: "far_field" },
        transcription: { model: "gpt-4o-mini-transcribe" },
        turn_detection: turnDetection(vad),
      },
      output: { format: FORMAT, voice: voiceOf(spec.voice) },
    },
    tools: spec.tools.map(({ name, description, parameters }) => ({ type: "function", name, description, parameters })),
    tool_choice: "auto",
    max_output_tokens: MAX_OUTPUT_TOKENS,
    // What falls out of the window falls out in larger pieces, so that the rest stays cached.
    truncation: { type: "retention_ratio", retention_ratio: 0.8 },
  };
}

function turnDetection(vad: OpenAiVad): Readonly<Record<string, unknown>> {
  const conduct = { create_response: true, interrupt_response: true };
  return vad === "semantic"
    ? { type: "semantic_vad", eagerness: "auto", ...conduct }
    : { type: "server_vad", threshold: 0.6, prefix_padding_ms: 300, silence_duration_ms: 500, ...conduct };
}

/** A persona without a voice of this vendor is heard all the same. */
function voiceOf(voice: string): unknown {
  if (voice.startsWith("voice_")) return { id: voice };
  return VOICES.has(voice) ? voice : DEFAULT_VOICE;
}
