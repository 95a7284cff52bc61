import type { SessionSpec } from "../session/session-command.ts";

export interface VadOptions {
  /** How much audio before the start of speech is kept, in milliseconds. */
  readonly prefixMs: number;
  /** How long the driver must be silent to have finished. The vendor's own 100 ms cuts people off. */
  readonly silenceMs: number;
  /** 0 to 5000; higher hears less. */
  readonly energy: number;
}

export const DEFAULT_VAD: VadOptions = { prefixMs: 500, silenceMs: 500, energy: 2_500 };

/** The flat session object of the StepFun dialect. */
export function sessionObject(spec: SessionSpec, { prefixMs, silenceMs, energy }: VadOptions): Record<string, unknown> {
  return {
    modalities: ["text", "audio"],
    instructions: spec.instructions,
    voice: spec.voice,
    input_audio_format: "pcm16",
    output_audio_format: "pcm16",
    turn_detection: {
      type: "server_vad",
      prefix_padding_ms: prefixMs,
      silence_duration_ms: silenceMs,
      energy_awakeness_threshold: energy,
    },
    tools: spec.tools.map(({ name, description, parameters }) => ({
      type: "function",
      function: { name, description, parameters },
    })),
  };
}
