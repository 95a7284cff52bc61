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

/** What StepFun's server does by itself when the model wants it; no work for us. */
export interface ServerTools {
  readonly webSearch?: { readonly topK: number; readonly timeoutSeconds: number } | undefined;
  /** Collections of documents to look things up in. */
  readonly retrieval?: readonly Retrieval[] | undefined;
}

export interface Retrieval {
  /** When to look there. */
  readonly description: string;
  readonly vectorStoreId: string;
  /** With `{{knowledge}}` for what was found and `{{query}}` for what was asked. */
  readonly promptTemplate: string;
}

/** The flat session object of the StepFun dialect. */
export function sessionObject(
  spec: SessionSpec,
  { prefixMs, silenceMs, energy }: VadOptions,
  serverTools: ServerTools = {},
): Record<string, unknown> {
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
    tools: [
      ...spec.tools.map(({ name, description, parameters }) => ({
        type: "function",
        function: { name, description, parameters },
      })),
      ...toolsOf(serverTools),
    ],
  };
}

function toolsOf({ webSearch, retrieval = [] }: ServerTools): readonly unknown[] {
  const search = webSearch && {
    type: "web_search",
    function: {
      description: "Search the public web for fresh facts",
      options: { top_k: webSearch.topK, timeout_seconds: webSearch.timeoutSeconds },
    },
  };
  const stores = retrieval.map(({ description, vectorStoreId, promptTemplate }) => ({
    type: "retrieval",
    function: { description, options: { vector_store_id: vectorStoreId, prompt_template: promptTemplate } },
  }));
  return search === undefined ? stores : [search, ...stores];
}
