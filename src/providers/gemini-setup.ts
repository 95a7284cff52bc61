import type { SessionSpec, ToolSpec } from "../session/session-command.ts";
import { geminiSchema } from "./gemini-schema.ts";

export interface GeminiSetup {
  readonly model: string;
  /** Whether the model may look things up on the web by itself. */
  readonly webSearch: boolean;
}

const VOICES: ReadonlySet<string> = new Set(
  (
    "Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina " +
    "Erinome Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi " +
    "Vindemiatrix Sadachbia Sadaltager Sulafat"
  ).split(" "),
);
const DEFAULT_VOICE = "Kore";

/** Past the first number of tokens the oldest are dropped down to the second; without it a session ends after 15 min. */
const WINDOW = { triggerTokens: "25600", slidingWindow: { targetTokens: "12800" } };

const HEARING = {
  automaticActivityDetection: {
    disabled: false,
    startOfSpeechSensitivity: "START_SENSITIVITY_LOW",
    endOfSpeechSensitivity: "END_SENSITIVITY_HIGH",
    // How much speech is needed before a start is believed.
    prefixPaddingMs: 100,
    silenceDurationMs: 500,
  },
  activityHandling: "START_OF_ACTIVITY_INTERRUPTS",
};

/** The first message of a connection. */
export function setupOf(
  spec: SessionSpec,
  { model, webSearch }: GeminiSetup,
  handle: string | undefined,
): Readonly<Record<string, unknown>> {
  const voiceName = VOICES.has(spec.voice) ? spec.voice : DEFAULT_VOICE;
  const functions = { functionDeclarations: spec.tools.map((tool) => declaration(tool, model)) };
  return {
    model: `models/${model}`,
    generationConfig: {
      responseModalities: ["AUDIO"],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } },
    },
    systemInstruction: { parts: [{ text: spec.instructions }] },
    tools: [functions, ...(webSearch ? [{ googleSearch: {} }] : [])],
    realtimeInputConfig: HEARING,
    inputAudioTranscription: {},
    outputAudioTranscription: {},
    contextWindowCompression: WINDOW,
    sessionResumption: handle === undefined ? {} : { handle },
  };
}

/** Where the model would talk on while a tool runs it is told to wait: it is to say what the car answered. */
function declaration({ name, description, parameters }: ToolSpec, model: string) {
  const isEmpty = Object.keys(parameters["properties"] ?? {}).length === 0;
  return {
    name,
    description,
    // An object without properties is refused by some models, a function without parameters by none.
    ...(!isEmpty && { parameters: geminiSchema(parameters) }),
    ...(model === "gemini-3.8-live" && { behavior: "BLOCKING" }),
  };
}
