declare module "@echogarden/rnnoise-wasm" {
  export default function createModule(options: { readonly wasmBinary: Uint8Array }): Promise<unknown>;
}
