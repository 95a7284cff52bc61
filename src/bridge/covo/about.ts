/** Tencent's terms, in short. Said wherever the bridge is started. */
export const LICENCE =
  "Covo-Audio is licensed for academic purposes only: its terms forbid any commercial or production use.";

/** What every session says of itself, so that no client expects more. */
export function about(model: string): Readonly<Record<string, unknown>> {
  return {
    model,
    capabilities: {
      full_duplex: false,
      tools: "none",
      web_search: false,
      user_transcript: false,
      typed_turns: false,
      /** The whole answer is made before its first sound is heard: seconds, and the longer it is the more. */
      streaming: false,
      cancel: "event",
      truncate: "text",
      turn_detection: ["server_vad", "none"],
      context: "next_turn",
      history: "newest_turns",
      voices: ["default_female"],
      languages: ["zh", "en"],
    },
    licence: LICENCE,
  };
}
